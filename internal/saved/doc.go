// Package saved is about runs that were measured, a moment ago or elsewhere: it decides
// them, reads them from files, and says what their files hold.
//
// It must not know how anything is measured, built or started.
package saved
