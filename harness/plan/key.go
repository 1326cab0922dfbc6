package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Key names all that the outcome of a scenario depends on: the engine that
// carries it out, the scenario with its seed and what the suite expects, and what
// is read for it: contents are the fingerprints of its packages' versions, in
// the order of installing, and of its .org file. Equal keys mean equal outcomes.
func (p *Plan) Key(sc *Scenario, engine string, contents []string) (string, error) {
	where := *sc
	where.Org.At = "" // the place in the suite decides nothing
	data, err := json.Marshal([]any{engine, where, p.Suite.Expect, p.Suite.Bare, p.Suite.Strict, p.Suite.AsyncJobs, contents})
	if err != nil {
		return "", fmt.Errorf("make the key of scenario %s: %w", sc.ID, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16]), nil
}
