package sandbox

import "errors"

// WithoutWorkspace does something while the user cannot reach the workspace: a gateway
// that is to run by itself fails there if it does not. Where there is no other user,
// nothing can be closed.
func (s *Sandbox) WithoutWorkspace(do func() error) error {
	if s.user == nil {
		return do()
	}
	before := len(s.journal.all)
	err := s.closeOff(s.world.Getenv("GITHUB_WORKSPACE"))
	if err == nil {
		err = do()
	}
	// What was noted stays in the journal: to give it back twice changes nothing.
	for _, t := range s.journal.all[before:] {
		err = errors.Join(err, t.giveBack())
	}
	return err
}
