package table

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Scan reads all rows in the order they were inserted.
func (c *Catalog) Scan(ctx context.Context, o *schema.Object, each func(*schema.Record) error) error {
	p, err := c.PlanOf(ctx, o)
	if err != nil {
		return err
	}
	return c.db.Query(ctx, "SELECT "+p.Selects+" FROM "+p.Table.Name+" ORDER BY rowid", nil, func(r store.Row) error {
		return each(p.Read(r, 0))
	})
}

// Count counts all rows.
func (c *Catalog) Count(ctx context.Context, o *schema.Object) (n int64, err error) {
	p, err := c.PlanOf(ctx, o)
	if err != nil {
		return 0, err
	}
	err = c.db.Query(ctx, "SELECT count(*) FROM "+p.Table.Name, nil, func(r store.Row) error {
		n = r.Int64(0)
		return nil
	})
	return n, err
}

// Change is a write of rows of one object: do writes them and gives the ids of
// those that were. It stays as a whole, with its entry in the journal, or not
// at all.
func (c *Catalog) Change(ctx context.Context, o *schema.Object, op store.Op, cause store.Cause, do func(*Plan) (n int, id func(int) string, err error)) error {
	p, err := c.PlanOf(ctx, o)
	if err != nil {
		return err
	}
	err = c.db.Atomically(ctx, func() error {
		n, id, err := do(p)
		if err != nil {
			return err
		}
		return c.note(ctx, o, op, cause, n, id)
	})
	if err == nil {
		c.Written(p.Table)
	}
	return err
}

// note writes a change of n rows into the journal, as one entry.
func (c *Catalog) note(ctx context.Context, o *schema.Object, op store.Op, cause store.Cause, n int, id func(int) string) error {
	if cause == store.NoCause || n == 0 {
		return nil
	}
	if err := c.SaveCauses(ctx); err != nil {
		return err
	}
	_, err := c.db.Write(ctx, `INSERT INTO "_journal"("object","op","cause","ids") VALUES($1,$2,$3,$4)`,
		value.OfText(strings.ToLower(o.Name)), value.OfInt(int32(op)), value.OfInt(int32(cause)), value.OfBlob(store.PackIDs(n, id)))
	return err
}

// Cause gives the number of a cause.
func (c *Catalog) Cause(text string) store.Cause { return c.Causes.Number(text) }

// CauseText is what a number stands for.
func (c *Catalog) CauseText(n store.Cause) string { return c.Causes.Text(n) }

// SaveCauses writes the causes that the database lacks.
func (c *Catalog) SaveCauses(ctx context.Context) error {
	for i := c.Causes.Saved; i < len(c.Causes.Texts); i++ {
		_, err := c.db.Write(ctx, `INSERT INTO "_cause"("id","text") VALUES($1,$2) ON CONFLICT ("id") DO NOTHING`,
			value.OfLong(int64(i+1)), value.OfText(c.Causes.Texts[i]))
		if err != nil {
			return err
		}
	}
	c.Causes.Saved = len(c.Causes.Texts)
	return nil
}

// LoadCauses reads the causes of a database that was opened or filled.
func (c *Catalog) LoadCauses(ctx context.Context) error {
	c.Causes = store.Causes{}
	err := c.db.Query(ctx, `SELECT "text" FROM "_cause" ORDER BY "id"`, nil, func(r store.Row) error {
		c.Causes.Number(r.Text(0))
		return nil
	})
	c.Causes.Saved = len(c.Causes.Texts)
	return err
}

// Journal reads the writes that had a cause.
func (c *Catalog) Journal(ctx context.Context, from int64, entry func(store.JournalEntry) error) error {
	sql := `SELECT "seq","object","op","cause","ids" FROM "_journal" WHERE "seq" > $1 ORDER BY "seq"`
	return c.db.Query(ctx, sql, []value.Value{value.OfLong(from)}, func(r store.Row) error {
		ids, err := store.UnpackIDs(r.Bytes(4))
		if err != nil {
			return err
		}
		return entry(store.JournalEntry{Position: r.Int64(0), Object: r.Text(1), Op: store.Op(r.Int64(2)),
			Cause: store.Cause(r.Int64(3)), IDs: ids})
	})
}

// JournalEnd is the position of the last write.
func (c *Catalog) JournalEnd(ctx context.Context) (end int64, err error) {
	err = c.db.Query(ctx, `SELECT coalesce(max("seq"), 0) FROM "_journal"`, nil, func(r store.Row) error {
		end = r.Int64(0)
		return nil
	})
	return end, err
}

// GetMeta reads one of the things an org has besides rows.
func (c *Catalog) GetMeta(ctx context.Context, key string) (data []byte, err error) {
	err = c.db.Query(ctx, `SELECT "data" FROM "_meta" WHERE "key" = $1`, []value.Value{value.OfText(key)}, func(r store.Row) error {
		data = append([]byte{}, r.Bytes(0)...)
		return nil
	})
	return data, err
}

// PutMeta writes or removes one.
func (c *Catalog) PutMeta(ctx context.Context, key string, data []byte) (err error) {
	if data == nil {
		_, err = c.db.Write(ctx, `DELETE FROM "_meta" WHERE "key" = $1`, value.OfText(key))
	} else {
		_, err = c.db.Write(ctx, `INSERT INTO "_meta"("key","data") VALUES($1,$2) ON CONFLICT ("key") DO UPDATE SET "data" = excluded."data"`,
			value.OfText(key), value.OfBlob(data))
	}
	return err
}

// MetaKeys lists keys by prefix.
func (c *Catalog) MetaKeys(ctx context.Context, prefix string) (keys []string, err error) {
	err = c.db.Query(ctx, `SELECT "key" FROM "_meta" WHERE substr("key", 1, $1) = $2 ORDER BY "key"`,
		[]value.Value{value.OfInt(int32(len([]rune(prefix)))), value.OfText(prefix)}, func(r store.Row) error {
			keys = append(keys, r.Text(0))
			return nil
		})
	return keys, err
}
