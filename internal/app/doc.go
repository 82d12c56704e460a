// Package app wires the rooms together and is the command line: the only
// package that sees everything. One file a command or a concern.
package app
