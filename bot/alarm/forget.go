package alarm

// Forgotten stands for a person who had what is known of them deleted: somebody, but nobody that can be told.
const Forgotten int64 = -1

// Forget returns the alarm with a person's name and number taken out of it, and whether they were in it. What was done stays
// done, by somebody. Repeating it changes nothing.
func (a Alarm) Forget(person int64) (next Alarm, changed bool) {
	next = a
	for _, m := range []*Mark{&next.Seen, &next.Taken, &next.Excused, &next.Snoozed} {
		if person > 0 && m.Person == person {
			m.Person, m.Name, changed = Forgotten, "", true
		}
	}
	return next, changed
}
