package main

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// maxJobs is more than any machine has processors to use.
const maxJobs = 1024

// maxAsyncJobs is what an org of the smallest size runs in a day
// (governor-limits.md, section 3).
const maxAsyncJobs = 250_000

// checkRange refuses a number of a flag outside its bounds, which are those that
// a suite file has for the same number.
func checkRange[N int | uint64](flag string, n, least, most N) error {
	if n < least || n > most {
		return badInput{fmt.Errorf("%s is %d; give a number from %d to %d, or leave it out for the default", flag, n, least, most)}
	}
	return nil
}

// checkRecipe refuses numbers of an org's recipe that are out of range.
func checkRecipe(records int, seed uint64) error {
	if err := checkRange("--records", records, 0, suite.MaxRecords); err != nil {
		return err
	}
	return checkRange("--seed", seed, 0, suite.MaxSeed)
}
