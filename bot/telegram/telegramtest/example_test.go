package telegramtest_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

// A bot warns its owner; the owner presses the button under the warning.
func Example() {
	srv := telegramtest.New(telegramtest.Config{})
	defer srv.Close()
	if err := srv.Start(); err != nil {
		fmt.Println(err)
		return
	}
	owner := telegramtest.User{ID: 7, FirstName: "Owner"}
	chat := srv.AddPrivateChat(owner)

	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	b, err := bot.New(srv.Token(), bot.WithServerURL(srv.URL()), bot.WithSkipGetMe(),
		bot.WithHTTPClient(0, &http.Client{Transport: transport}))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = b.SendMessage(context.Background(), &bot.SendMessageParams{
		ChatID: chat, Text: "Order <b>A1</b> ships late in 2 hours", ParseMode: models.ParseModeHTML,
		ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Why", CallbackData: "v1:why:A1"}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range srv.Messages(chat) {
		fmt.Println(m.HTML)
		if why, ok := m.Button("Why"); ok {
			_, err = srv.Press(chat, m.ID, owner.ID, why.CallbackData)
		}
	}
	fmt.Println(srv.Pending(), "update waits for the bot,", err)
	// Output:
	// Order <b>A1</b> ships late in 2 hours
	// 1 update waits for the bot, <nil>
}
