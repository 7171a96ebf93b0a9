package telegram

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

// maxInput is how much of a message is looked at, in bytes. Telegram allows 4096 characters.
const maxInput = 4 * 4096

// maxName is the longest command name Telegram accepts, in characters.
const maxName = 32

// words are what people type in a private chat instead of a command, and the commands they stand for. Chinese words serve
// behind a slash too.
var words = map[string]verb{
	"开始": verbStart, "start": verbStart,
	"帮助": verbHelp, "菜单": verbHelp, "help": verbHelp, "menu": verbHelp, "?": verbHelp,
	"绑定": verbBind, "bind": verbBind,
	"店铺": verbShops, "我的店铺": verbShops, "shops": verbShops,
	"今天": verbToday, "今日": verbToday, "today": verbToday,
	"待办": verbDue, "待处理": verbDue, "due": verbDue,
	"违规": verbViolations, "violations": verbViolations,
	"建议": verbTips, "tips": verbTips,
	"为什么": verbWhy, "原因": verbWhy, "why": verbWhy,
	"提醒": verbAlerts, "预警": verbAlerts, "alerts": verbAlerts,
	"日报": verbDigest, "digest": verbDigest,
	"设置": verbSettings, "settings": verbSettings,
	"值班": verbDuty, "duty": verbDuty,
	"看板": verbBoard, "board": verbBoard,
	"免打扰": verbQuiet, "quiet": verbQuiet,
	"静音": verbMute, "mute": verbMute,
	"紧急": verbUrgent, "紧急规则": verbUrgent, "urgent": verbUrgent,
	"如果": verbWhatIf, "whatif": verbWhatIf,
	"上限": verbBudget, "budget": verbBudget,
	"导出": verbExport, "export": verbExport,
	"解绑": verbUnbind, "unbind": verbUnbind,
	"接手": verbTake, "take": verbTake,
	"暂停": verbSnoozed, "snoozed": verbSnoozed,
	"不怪我们": verbExcuse, "excuse": verbExcuse,
	"积分": verbPoints, "违规积分": verbPoints, "points": verbPoints,
	"申诉": verbAppeal, "appeal": verbAppeal,
	"趋势": verbTrend, "trend": verbTrend,
	"团队": verbTeam, "成员": verbTeam, "team": verbTeam,
	"隐私": verbPrivacy, "privacy": verbPrivacy,
	"示例": verbSample, "sample": verbSample,
	"测试": verbTest, "测试提醒": verbTest, "test": verbTest,
	"语言": verbLang, "language": verbLang, "lang": verbLang,
}

// typed is what somebody typed, read as a command.
type typed struct {
	verb verb     // verbUnknown when the name is no command of ours
	args []string // without empty ones
	text string   // the arguments as they were typed

	loose bool // it was no command but plain words
}

// readCommand reads the text or caption of a message as "/name@bot arg arg…". Only a command at the very beginning counts,
// and only one that is not addressed to another bot; me is this bot's username without the @, "" while it is not known. Full-width characters are
// read as their narrow twins, so "／today　A1" works. ok is false when the text is no command for this bot.
//
// Offsets of entities count UTF-16 units and come from outside; nothing here indexes by them.
func readCommand(text string, entities []models.MessageEntity, me string) (t typed, ok bool) {
	text = fold(text)
	if !strings.HasPrefix(text, "/") || quoted(entities) {
		return typed{}, false
	}
	name, rest := cutName(text[1:])
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return typed{}, false
	}
	if strings.HasPrefix(rest, "@") {
		var bot string
		bot, rest = cutName(rest[1:])
		if bot == "" || me != "" && !strings.EqualFold(bot, me) {
			return typed{}, false
		}
	}
	if next, _ := utf8.DecodeRuneInString(rest); rest != "" && !unicode.IsSpace(next) && next != ':' {
		return typed{}, false // a path such as /home/user, or mark-up
	}
	rest = strings.TrimSpace(strings.TrimPrefix(rest, ":"))
	return typed{verb: verbOf(name), args: strings.Fields(rest), text: rest}, true
}

// readWords reads plain words of a private chat: the first of them names a command, the others are its arguments.
func readWords(text string) (t typed, ok bool) {
	word, rest := cutWord(fold(text))
	v, ok := words[strings.ToLower(word)]
	if !ok {
		return typed{}, false
	}
	return typed{verb: v, args: strings.Fields(rest), text: rest, loose: true}, true
}

// cutWord splits the first word off a text without spaces around it.
func cutWord(text string) (word, rest string) {
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimSpace(text[end:])
}

// verbOf finds the command of a name, verbUnknown when there is none.
func verbOf(name string) verb {
	return words[strings.ToLower(name)]
}

// cutName splits off the longest beginning made of letters, digits and underscores.
func cutName(text string) (name, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

// fold makes valid UTF-8 of text, cuts it to what a message can hold and narrows full-width ASCII.
func fold(text string) string {
	if len(text) > maxInput {
		text = text[:maxInput]
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == 0x3000:
			return ' '
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFF01 + '!'
		}
		return r
	}, strings.ToValidUTF8(text, "")))
}

// quoted reports whether the text begins with code: somebody shows a command and does not give it.
func quoted(entities []models.MessageEntity) bool {
	return slices.ContainsFunc(entities, func(e models.MessageEntity) bool {
		return e.Offset == 0 && (e.Type == models.MessageEntityTypeCode || e.Type == models.MessageEntityTypePre)
	})
}

// The forms of callback data. The sender writes them: an action that fits goes as it is, a longer one is kept in the store
// under a token. A button under a page turns the page, so the answer is edited into it; a button under news (an alert, a
// scorecard) leaves the news standing for everybody else, and the answer is a message of its own.
const (
	actionPrefix     = "v1:"
	tokenPrefix      = "t1:"
	newsActionPrefix = "n1:"
	newsTokenPrefix  = "u1:"
)

// pressed is what a button asks for.
type pressed struct {
	verb verb
	args []string
}

// readData reads callback data. Exactly one of action and token is set; the token's action has to be fetched. ok is false
// for data this program never wrote.
func readData(data string) (action, token string, ok bool) {
	for _, prefix := range []string{actionPrefix, newsActionPrefix} {
		if action, ok = strings.CutPrefix(data, prefix); ok {
			return action, "", action != ""
		}
	}
	for _, prefix := range []string{tokenPrefix, newsTokenPrefix} {
		if token, ok = strings.CutPrefix(data, prefix); ok {
			return "", token, token != ""
		}
	}
	return "", "", false
}

// underNews reports whether callback data belongs to a button under news.
func underNews(data string) bool {
	return strings.HasPrefix(data, newsActionPrefix) || strings.HasPrefix(data, newsTokenPrefix)
}

// readAction reads "verb:arg|arg…". The last argument a verb takes may hold bars: ids come from platforms. Trailing arguments
// may be missing.
func readAction(action string) (pressed, error) {
	name, rest, more := strings.Cut(action, ":")
	v := buttonVerb(name)
	if v == verbUnknown || !utf8.ValidString(action) {
		return pressed{}, errors.New("reading action: unknown verb")
	}
	p := pressed{verb: v}
	if more && plans[v].args > 0 {
		p.args = strings.SplitN(rest, "|", plans[v].args)
	}
	for len(p.args) > 0 && p.args[len(p.args)-1] == "" {
		p.args = p.args[:len(p.args)-1]
	}
	return p, nil
}
