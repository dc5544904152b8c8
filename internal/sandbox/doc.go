// Package sandbox keeps the code of a pull request from what a workflow run
// entrusts to us: tokens in our environment, the runner's command files, the
// Docker socket that is mounted beside them. The gateway, its build, and git,
// which runs what a repository configures, are another user with an environment
// of its own.
//
// It must know nothing of measuring, and of GitHub only what a runner puts into
// the file system and the environment.
package sandbox
