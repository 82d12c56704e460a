// Package work is background work on the product's own database: an item is
// written in the transaction of what needs it and appears only when that
// commits; any replica may run it. The shape is River's (riverqueue/river),
// cut to what one SQL text can do on SQLite and PostgreSQL alike.
package work
