package store

// Dialect is how SQL is written for one database. The values are the same in
// all of them; only the spelling differs.
type Dialect struct {
	Name string
	// FoldCollation compares text by Fold; it is written after COLLATE where
	// the column's own collation, which folds ASCII only, does not do.
	FoldCollation string
	// LikeFunction is a function of pattern and text that matches as SOQL's LIKE
	// does: % and _ are wild, backslash escapes, case is folded.
	LikeFunction string
	// Placeholder writes the n-th parameter, counted from 1.
	Placeholder func(n int) string
}
