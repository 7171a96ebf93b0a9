package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

// lanes is how many goroutines make posts, each for its own shops.
const lanes = 4

// post is one request, ready for the wire, and what it should bring about.
type post struct {
	wire   []byte
	events int
	opens  [len(opened)]int
}

// pool is posts that are handed out in order.
type pool struct {
	posts []post
	next  atomic.Int64
	again bool // begin anew when all are gone; only for a service that keeps nothing
}

// take returns the next post, nil when there is none left. It is safe for concurrent use.
func (p *pool) take() *post {
	i := int(p.next.Add(1) - 1)
	if p.again {
		i %= len(p.posts)
	}
	if i >= len(p.posts) {
		return nil
	}
	return &p.posts[i]
}

// load says what posts to make.
type load struct {
	shops, batch, posts int
	seed                uint64
	base                time.Time // the present of the stories
	signed              time.Time
}

// make writes and signs posts of batch events each. They are the same for the same load.
func (l load) make() ([]post, error) {
	n := min(lanes, l.shops)
	made := make([][]post, n)
	var work errgroup.Group
	for lane := range n {
		work.Go(func() (err error) {
			made[lane], err = l.lane(newMix(l.seed, l.base, l.shops, n, lane), (l.posts+n-1)/n, lane)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	all := make([]post, 0, n*len(made[0]))
	for i := range made[0] {
		for lane := range n {
			all = append(all, made[lane][i])
		}
	}
	return all, nil
}

// lane writes the posts of one mix, one behind the other into one piece of memory.
func (l load) lane(m *mix, count, lane int) ([]post, error) {
	posts, ends := make([]post, count), make([]int, count)
	var arena []byte
	for i := range posts {
		shop := m.shop()
		body, err := posts[i].fill(m, shop, l.batch)
		if err != nil {
			return nil, err
		}
		arena = appendRequest(arena, shop.id, fmt.Sprintf("msg_%d_%d", lane, i), l.signed, body)
		ends[i] = len(arena)
	}
	begin := 0
	for i, end := range ends {
		posts[i].wire = arena[begin:end:end]
		begin = end
	}
	return posts, nil
}

// fill lets things happen in a shop and returns the body that tells of them: one event alone, several in an array.
func (p *post) fill(m *mix, shop *shopMix, batch int) ([]byte, error) {
	events := make([]rules.Event, batch)
	for i := range events {
		told := m.next(shop)
		events[i] = told.event
		if told.opens != opensNothing {
			p.opens[told.opens]++
		}
	}
	p.events = batch
	if batch == 1 {
		return json.Marshal(events[0])
	}
	return json.Marshal(events)
}

func appendRequest(to []byte, shop, id string, at time.Time, body []byte) []byte {
	to = append(to, "POST /hooks/standard/"+shop+" HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: loadtest\r\n"+
		"Content-Type: application/json\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"+
		webhook.HeaderID+": "+id+"\r\n"+
		webhook.HeaderTimestamp+": "+strconv.FormatInt(at.Unix(), 10)+"\r\n"+
		webhook.HeaderSignature+": "+webhook.SignStandard(signingKey(), id, at, body)+"\r\n\r\n"...)
	return append(to, body...)
}

// signingKey signs the webhooks of every shop of a run. It guards nothing.
func signingKey() string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("load", 8)))
}
