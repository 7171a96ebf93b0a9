package telegram

import (
	"bytes"
	"context"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// pictureName is what a picture is called as an upload.
const pictureName = "picture.png"

// call is the method that sends or edits a draft, and one call of it. Its parameters are made anew for each: what was read
// of an upload once is empty the next time. The results do not matter here, [Client.do] knows better.
func (d draft) call(api *bot.Bot) (method string, call func(ctx context.Context)) {
	switch {
	case d.as == asDocument:
		return "sendDocument", func(ctx context.Context) { _, _ = api.SendDocument(ctx, d.documentParams()) }
	case d.as == asRich:
		return "sendRichMessage", func(ctx context.Context) { _, _ = api.SendRichMessage(ctx, d.richParams()) }
	case d.as == asPhoto && d.edit > 0:
		return "editMessageMedia", func(ctx context.Context) { _, _ = api.EditMessageMedia(ctx, d.mediaParams()) }
	case d.as == asPhoto:
		return "sendPhoto", func(ctx context.Context) { _, _ = api.SendPhoto(ctx, d.photoParams()) }
	case d.as == asCaption:
		return "editMessageCaption", func(ctx context.Context) { _, _ = api.EditMessageCaption(ctx, d.captionParams()) }
	case d.edit > 0:
		return "editMessageText", func(ctx context.Context) { _, _ = api.EditMessageText(ctx, d.editParams()) }
	}
	return "sendMessage", func(ctx context.Context) { _, _ = api.SendMessage(ctx, d.sendParams()) }
}

func (d draft) parseMode() models.ParseMode {
	if d.plain {
		return ""
	}
	return models.ParseModeHTML
}

// replyMarkup keeps a missing keyboard from becoming an interface that is not nil.
func (d draft) replyMarkup() models.ReplyMarkup {
	if d.markup == nil {
		return nil
	}
	return d.markup
}

func (d draft) reply() *models.ReplyParameters {
	if d.replyTo <= 0 {
		return nil
	}
	return &models.ReplyParameters{MessageID: d.replyTo, AllowSendingWithoutReply: true}
}

func (d draft) sendParams() *bot.SendMessageParams {
	return &bot.SendMessageParams{
		ChatID: d.chat, MessageThreadID: d.thread, Text: d.text, ParseMode: d.parseMode(), LinkPreviewOptions: noPreview(),
		DisableNotification: d.silent, AllowPaidBroadcast: d.paid, ReplyMarkup: d.replyMarkup(), ReplyParameters: d.reply(),
	}
}

func (d draft) documentParams() *bot.SendDocumentParams {
	return &bot.SendDocumentParams{
		ChatID: d.chat, MessageThreadID: d.thread, Caption: d.text, ParseMode: d.parseMode(),
		Document:            &models.InputFileUpload{Filename: fileName(d.file.Name), Data: bytes.NewReader(d.file.Data)},
		DisableNotification: d.silent, AllowPaidBroadcast: d.paid, ReplyMarkup: d.replyMarkup(), ReplyParameters: d.reply(),
	}
}

func (d draft) photoParams() *bot.SendPhotoParams {
	return &bot.SendPhotoParams{
		ChatID: d.chat, MessageThreadID: d.thread, Caption: d.text, ParseMode: d.parseMode(),
		Photo:               &models.InputFileUpload{Filename: pictureName, Data: bytes.NewReader(d.picture)},
		DisableNotification: d.silent, AllowPaidBroadcast: d.paid, ReplyMarkup: d.replyMarkup(), ReplyParameters: d.reply(),
	}
}

func (d draft) richParams() *bot.SendRichMessageParams {
	return &bot.SendRichMessageParams{
		ChatID: d.chat, MessageThreadID: d.thread, RichMessage: models.InputRichMessage{HTML: d.rich},
		DisableNotification: d.silent, AllowPaidBroadcast: d.paid, ReplyMarkup: d.replyMarkup(), ReplyParameters: d.reply(),
	}
}

func (d draft) mediaParams() *bot.EditMessageMediaParams {
	return &bot.EditMessageMediaParams{
		ChatID: d.chat, MessageID: d.edit, ReplyMarkup: d.replyMarkup(),
		Media: &models.InputMediaPhoto{
			Media: "attach://" + pictureName, MediaAttachment: bytes.NewReader(d.picture), Caption: d.text, ParseMode: d.parseMode(),
		},
	}
}

func (d draft) captionParams() *bot.EditMessageCaptionParams {
	return &bot.EditMessageCaptionParams{
		ChatID: d.chat, MessageID: d.edit, Caption: d.text, ParseMode: d.parseMode(), ReplyMarkup: d.replyMarkup(),
	}
}

func (d draft) editParams() *bot.EditMessageTextParams {
	return &bot.EditMessageTextParams{
		ChatID: d.chat, MessageID: d.edit, Text: d.text, ParseMode: d.parseMode(), LinkPreviewOptions: noPreview(),
		ReplyMarkup: d.replyMarkup(),
	}
}

func noPreview() *models.LinkPreviewOptions {
	return &models.LinkPreviewOptions{IsDisabled: bot.True()}
}
