package notify

// InviteRoles are the roles that can be given to a person, from the strongest to the weakest.
func InviteRoles() []Role { return []Role{Owner, Manager, Agent, Viewer} }

// Acts returns what a role lets the person of a private chat do: of the older word Team what an agent may, of a word that
// nobody knows what a viewer may.
func (r Role) Acts() Role {
	switch r {
	case Owner, Manager, Agent:
		return r
	case Team:
		return Agent
	}
	return Viewer
}

// Covers reports whether a role lets one do all that another does. Team counts as Agent.
func (r Role) Covers(other Role) bool { return r.rank() >= other.rank() }

func (r Role) rank() int {
	switch r.Acts() {
	case Owner:
		return 4
	case Manager:
		return 3
	case Agent:
		return 2
	}
	return 1
}

// MayManage reports whether somebody who acts with a role decides about a chat of a shop: an owner about all, a manager about
// groups, agents and viewers.
func (r Role) MayManage(chat Chat) bool {
	return r.Covers(Owner) || r.Covers(Manager) && (chat.ID < 0 || Agent.Covers(chat.Role))
}

// MayGive reports whether somebody who acts with a role may hand another one on.
func (r Role) MayGive(given Role) bool {
	return r.Covers(Owner) || r.Covers(Manager) && Agent.Covers(given)
}

// ChatOf finds a chat among those of a shop; false when it is not there.
func ChatOf(chats []Chat, id int64) (Chat, bool) {
	for _, c := range chats {
		if c.ID == id {
			return c, true
		}
	}
	return Chat{}, false
}

// LastOwner reports whether a chat is the only private chat of an owner of a shop.
func LastOwner(chats []Chat, id int64) bool {
	owners, own := 0, false
	for _, chat := range chats {
		if chat.ID > 0 && chat.Role == Owner {
			owners++
			own = own || chat.ID == id
		}
	}
	return own && owners == 1
}
