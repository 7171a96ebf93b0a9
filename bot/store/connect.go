package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Time limits of one exchange with a server. A context that ends earlier wins.
const (
	dialTimeout = 2 * time.Second
	ioTimeout   = 3 * time.Second
)

// Options says where Redis is.
//
// URL is one of
//
//	redis://user:password@host:6379/0            one server; rediss:// with TLS
//	unix:///run/redis/redis.sock?db=0            one server on a socket
//	redis+cluster://user:password@host:port,…    a cluster, by some of its nodes; rediss+cluster:// with TLS
//	redis+sentinel://user:password@host:port,…/0?master=NAME   what Sentinels watch; rediss+sentinel:// with TLS;
//	                                             their own password as sentinel_user and sentinel_password
//
// with go-redis's options as further parameters, such as pool_size.
type Options struct {
	Config
	URL string
}

// Connect opens a store and teaches the servers its scripts. The error of a wrong URL never shows the URL: it may hold a
// password.
func Connect(ctx context.Context, o Options) (*Store, error) {
	db, err := client(o.URL)
	if err != nil {
		return nil, err
	}
	s := newStore(db, o.Config)
	if err := s.loadScripts(ctx); err != nil {
		_ = db.Close() // the first error says more
		return nil, fmt.Errorf("connecting to Redis: %w", err)
	}
	return s, nil
}

func client(text string) (redis.UniversalClient, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil, errors.New("the Redis URL has no scheme such as redis://")
	}
	base, kind, _ := strings.Cut(scheme, "+")
	switch kind {
	case "":
		return single(text)
	case "cluster":
		return cluster(base, rest)
	case "sentinel":
		return sentinel(base, rest)
	default:
		return nil, fmt.Errorf("the Redis URL has the unknown scheme %q", scheme)
	}
}

func single(text string) (redis.UniversalClient, error) {
	opts, err := redis.ParseURL(text)
	if err != nil {
		return nil, badURL(err)
	}
	tune(opts)
	return redis.NewClient(opts), nil
}

func tune(opts *redis.Options) {
	opts.ContextTimeoutEnabled = true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	limit(&opts.DialTimeout, &opts.ReadTimeout, &opts.WriteTimeout)
}

func cluster(base, rest string) (redis.UniversalClient, error) {
	u, err := oneHost(base, rest)
	if err != nil {
		return nil, err
	}
	opts, err := redis.ParseClusterURL(u.String())
	if err != nil {
		return nil, badURL(err)
	}
	opts.ContextTimeoutEnabled = true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	limit(&opts.DialTimeout, &opts.ReadTimeout, &opts.WriteTimeout)
	return redis.NewClusterClient(opts), nil
}

func sentinel(base, rest string) (redis.UniversalClient, error) {
	u, err := oneHost(base, rest)
	if err != nil {
		return nil, err
	}
	query, server := u.Query(), u.User
	if query.Get("master") == "" {
		return nil, errors.New("the Redis URL names no master: add ?master=NAME as the Sentinels know it")
	}
	query.Set("master_name", query.Get("master"))
	u.User = nil
	if password := query.Get("sentinel_password"); password != "" {
		u.User = url.UserPassword(query.Get("sentinel_user"), password)
	}
	for _, own := range []string{"master", "sentinel_user", "sentinel_password"} {
		query.Del(own)
	}
	u.RawQuery = query.Encode()
	opts, err := redis.ParseFailoverURL(u.String())
	if err != nil {
		return nil, badURL(err)
	}
	opts.Username = server.Username()
	opts.Password, _ = server.Password()
	opts.ContextTimeoutEnabled = true
	limit(&opts.DialTimeout, &opts.ReadTimeout, &opts.WriteTimeout)
	return redis.NewFailoverClient(opts), nil
}

// oneHost reads a URL that may name several hosts: the first stays in place, the others become addr parameters, which is
// how go-redis wants them.
func oneHost(base, rest string) (*url.URL, error) {
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	user, hosts := "", authority
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		user, hosts = authority[:i+1], authority[i+1:]
	}
	list := strings.Split(hosts, ",")
	u, err := url.Parse(base + "://" + user + list[0] + tail)
	if err != nil {
		return nil, badURL(err)
	}
	query := u.Query()
	for _, host := range list[1:] {
		query.Add("addr", host)
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// limit sets the time limits that the URL leaves open.
func limit(dial, read, write *time.Duration) {
	for _, l := range []struct {
		at   *time.Duration
		most time.Duration
	}{{dial, dialTimeout}, {read, ioTimeout}, {write, ioTimeout}} {
		if *l.at == 0 {
			*l.at = l.most
		}
	}
}

// badURL says that a URL is wrong without repeating it. The errors of package url hold it whole or in part, and those of
// go-redis may quote the rest of a password with a slash in it.
func badURL(err error) error {
	if bad := (*url.Error)(nil); errors.As(err, &bad) {
		return errors.New("the Redis URL is no valid URL; special characters in its password must be escaped, such as %40 for @")
	}
	return errors.New("the Redis URL is not usable: check its scheme, hosts, database number and parameters")
}
