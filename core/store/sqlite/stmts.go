package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// commands are the writer's statements, in the order a message meets them.
// INDEXED BY makes a plan that would read the whole file an error at start.
var commands = map[string]string{
	"begin": "BEGIN IMMEDIATE", "commit": "COMMIT", "rollback": "ROLLBACK",
	"savepoint": "SAVEPOINT j", "undo": "ROLLBACK TO j", "release": "RELEASE j",

	"source":   `INSERT INTO sources(workspace, channel) VALUES(?,?) ON CONFLICT DO UPDATE SET channel=excluded.channel RETURNING src`,
	"locate":   `SELECT id FROM conversations WHERE src=? AND address=?`,
	"converse": `INSERT INTO conversations(id, src, address, bot, contact, pull, part, last, asked, prev, settled, epoch, mode, updated, state) VALUES(?,?,?,?,?,?,?,0,0,0,0,1,'bot',?,?)`,
	"next": `INSERT INTO conversations(id, src, address, bot, contact, pull, part, last, asked, prev, settled, epoch, mode, updated, state)
		VALUES(?1,?2,?3,?4,?5,?6,?7,1,1,0,0,1,'bot',?8,?9)
		ON CONFLICT(id) DO UPDATE SET last=last+1, asked=last+1, prev=asked, bot=?4, updated=?8, contact=iif(?5='{}', contact, ?5)
		RETURNING conv, src, last, prev, settled, epoch, state`,
	"accept": `INSERT INTO events(conv, seq, turn, body, src, native, digest, meta, part, prev, attempt, open)
		VALUES(?1,?2,?2,?3,?4,?5,?6,?7,?8,?9,0,1) ON CONFLICT DO NOTHING`,
	"known":  `SELECT c.id, e.seq, e.digest FROM events e JOIN conversations c USING(conv) WHERE e.src=? AND e.native=?`,
	"reopen": `UPDATE conversations SET epoch=?2, state=?3, mode='bot' WHERE conv=?1`,
	"carry":  `UPDATE outbox INDEXED BY live SET epoch=?2 WHERE live AND conv=?1 AND line=0 AND bot AND epoch=?3`,
	"unhold": `UPDATE outbox INDEXED BY live SET state='queued', not_before=?2 WHERE live AND conv=?1 AND state='held'`,
	"settle": `UPDATE conversations SET last=last+?1, settled=?2, state=?3, mode=?8, updated=?9 WHERE id=?4 AND epoch=?5 AND settled<?2 AND settled=?7
		AND (SELECT fence FROM partitions p WHERE p.part=conversations.part)=?6 RETURNING conv, last`,
	"why":   `SELECT (epoch<>?2 OR settled<>?5) AND settled<?3 AND fence=?4 FROM conversations JOIN partitions USING(part) WHERE id=?1`,
	"close": `UPDATE events SET open=NULL, first=?3, final=?4, trace=?5 WHERE conv=?1 AND seq=?2`,
	"say":   `INSERT INTO events(conv, seq, turn, body, src, native, digest) VALUES(?,?,?,?,?,?,?)`,
	"send": `INSERT INTO outbox(conv, line, seq, turn, bot, epoch, state, post, not_before, expires)
		VALUES(?,?,?,?,?,?,'queued',?,?,?)`,
	"thread": `INSERT INTO threads(conv, case_id, workspace, channel, room, card)
		SELECT ?1, ?2, s.workspace, ?3, ?4, ?5 FROM conversations c JOIN sources s USING(src) WHERE c.conv=?1
		ON CONFLICT(conv, case_id) DO UPDATE SET card=?5, channel=?3, room=?4, thread=iif(channel=?3 AND room=?4, thread, '')`,
	"card": `SELECT card FROM threads WHERE conv=? AND case_id=?`,
	"bind": `UPDATE OR IGNORE threads SET thread=?3 WHERE conv=?1 AND case_id=?2`,

	"whole":   `SELECT conv, last, settled, epoch, pull, state FROM conversations WHERE id=?`,
	"move":    `UPDATE conversations SET last=?2, epoch=?3, state=?4, mode=?5, updated=?6 WHERE conv=?1`,
	"drop":    `UPDATE outbox INDEXED BY live SET state='dropped', live=NULL, note='a person took over' WHERE live AND conv=? AND line=0 AND bot AND state IN ('queued','held')`,
	"spoken":  `SELECT conv, seq, digest FROM events WHERE src=? AND native=?`,
	"noted":   `SELECT conv, digest FROM notes WHERE src=? AND native=?`,
	"note":    `INSERT INTO notes(conv, after, src, native, digest, agent, text, at) VALUES(?,?,?,?,?,?,?,?)`,
	"renew":   `UPDATE partitions SET until=?2 WHERE owner=?1`,
	"free":    `UPDATE partitions SET owner='' WHERE owner NOT IN ('', ?1) AND until<=?2`,
	"mine":    `SELECT part, fence FROM partitions WHERE owner=?`,
	"unclaim": `UPDATE outbox INDEXED BY live SET until=0 WHERE live AND state='claimed'`,
	"giveup":  `UPDATE partitions SET owner='', until=0 WHERE owner=?`,
	"pending": `SELECT o.state, o.epoch<c.epoch AND o.bot, o.expires, o.until, o.not_before FROM outbox o JOIN conversations c USING(conv) WHERE o.id=? AND o.live`,
	"claim": `UPDATE outbox SET state='claimed', until=?2, attempt=attempt+1, asked=(SELECT c.asked FROM conversations c WHERE c.conv=outbox.conv)
		WHERE id=?1 RETURNING attempt`,
	"unsent": `SELECT o.id, o.turn, o.state='claimed' AND o.until>?2 FROM outbox o INDEXED BY live WHERE o.live AND o.line=0
		AND o.conv=(SELECT conv FROM conversations WHERE id=?1) ORDER BY o.id`,
	"end": `UPDATE outbox SET state=?2, note=?3, live=NULL WHERE id=?1`,
	"finish": `UPDATE outbox SET state=?3, not_before=?4, note=?5, done=max(done, ?6), native=?7, live=iif(?3 IN ('queued','held'), 1, NULL)
		WHERE id=?1 AND state='claimed' AND attempt=?2 RETURNING conv, asked<(SELECT c.asked FROM conversations c WHERE c.conv=outbox.conv)`,
	"takeover": `UPDATE partitions SET owner=?1, fence=fence+1, until=?2 WHERE part IN (SELECT part FROM partitions WHERE owner='' LIMIT max(0, ?3-(SELECT count(*) FROM partitions WHERE owner=?1)))`,
	"died": `UPDATE events INDEXED BY open SET attempt=attempt+1 WHERE open AND part IN (SELECT part FROM partitions WHERE owner NOT IN ('', ?1) AND until<=?2)
		AND prev<=(SELECT settled FROM conversations c WHERE c.conv=events.conv)`,
}

// blocked says that a row o waits for an earlier one of its line.
const blocked = `EXISTS(SELECT 1 FROM outbox p INDEXED BY live WHERE p.live AND p.conv=o.conv AND p.line=o.line AND p.id<o.id)`

// queries are what readers ask beside the writer.
var queries = map[string]string{
	"open": `SELECT c.id, e.seq, e.prev, c.settled, e.attempt, c.epoch, c.state, s.workspace, s.channel, c.address, e.native, e.meta, e.body
		FROM events e INDEXED BY open JOIN conversations c USING(conv) JOIN sources s ON s.src=e.src WHERE e.open AND e.part IN (SELECT value FROM json_each(?)) ORDER BY e.conv, e.seq`,
	"turn":      `SELECT e.conv, e.open IS NULL, e.first, e.final FROM events e JOIN conversations c USING(conv) WHERE c.id=? AND e.seq=?`,
	"trace":     `SELECT e.trace FROM events e JOIN conversations c USING(conv) WHERE c.id=? AND e.seq=?`,
	"range":     `SELECT seq, turn, body FROM events WHERE conv=? AND seq BETWEEN ? AND ? ORDER BY seq`,
	"events":    `SELECT seq, turn, body FROM events WHERE conv=(SELECT conv FROM conversations WHERE id=?) AND seq>? ORDER BY seq LIMIT ?`,
	"notes":     `SELECT n.after, n.agent, n.text, n.at FROM notes n JOIN conversations c USING(conv) WHERE c.id=? ORDER BY n.id`,
	"workspace": `SELECT s.workspace FROM conversations c JOIN sources s USING(src) WHERE c.id=?`,
	"state":     `SELECT settled, epoch, state FROM conversations WHERE id=?`,
	"due": `SELECT o.id FROM outbox o INDEXED BY due WHERE o.live AND o.not_before<=?1 AND (o.state='queued' OR o.state='claimed' AND o.until<=?1)
		AND NOT ` + blocked + ` ORDER BY o.not_before, o.id LIMIT 1`,
	"reply": `SELECT c.id, c.address, s.workspace, s.channel, o.line, o.seq, o.turn, coalesce(e.body,''), coalesce(m.meta,''), coalesce(o.post,''), o.done
		FROM outbox o JOIN conversations c USING(conv) JOIN sources s ON s.src=c.src
		LEFT JOIN events e ON e.conv=o.conv AND e.seq=o.seq LEFT JOIN events m ON m.conv=o.conv AND m.seq=o.turn WHERE o.id=?`,
	"passive":  `SELECT o.id FROM outbox o INDEXED BY answered JOIN conversations c USING(conv) WHERE c.id=? AND o.native=? AND o.native<>'' ORDER BY o.id`,
	"threadof": `SELECT t.thread FROM threads t JOIN conversations c USING(conv) WHERE c.id=? AND t.case_id=?`,
	"outgoing": `SELECT o.state, count(*) FROM outbox o JOIN conversations c USING(conv) WHERE c.id=? GROUP BY o.state`,
	"backlog": `SELECT (SELECT count(*) FROM events INDEXED BY open WHERE open), (SELECT count(*) FROM outbox INDEXED BY live WHERE live),
		(SELECT min(json_extract(body,'$.at')) FROM events INDEXED BY open WHERE open)`,
	"conversation": conversation + ` WHERE c.id=?`,
	"list":         conversation + ` WHERE s.workspace=?1 AND c.conv<?2 ORDER BY c.conv DESC LIMIT ?3`,
	"listmode":     conversation + ` WHERE s.workspace=?1 AND c.conv<?2 AND c.mode=?4 AND c.mode<>'bot' ORDER BY c.conv DESC LIMIT ?3`,
	"listbot":      conversation + ` WHERE s.workspace=?1 AND c.conv<?2 AND c.mode=?4 ORDER BY c.conv DESC LIMIT ?3`,
	"bythread":     `SELECT c.id FROM threads t JOIN conversations c USING(conv) WHERE t.workspace=? AND t.channel=? AND t.room=? AND t.thread=? AND t.thread<>''`,
}

// conversation reads conversations first (CROSS JOIN keeps that order): by
// source, a page of the list would sort all of them.
const conversation = `SELECT c.conv, c.id, s.channel, c.address, c.bot, c.contact, c.settled, c.epoch, c.state, c.last, c.updated
	FROM conversations c CROSS JOIN sources s USING(src)`

// stmts are prepared statements by name.
type stmts map[string]*sql.Stmt

func prepare(ctx context.Context, on interface {
	PrepareContext(context.Context, string) (*sql.Stmt, error)
}, texts map[string]string) (stmts, error) {
	out := make(stmts, len(texts))
	for name, text := range texts {
		st, err := on.PrepareContext(ctx, text)
		if err != nil {
			return nil, fmt.Errorf("prepare %s: %w", name, err)
		}
		out[name] = st
	}
	return out, nil
}

func (s stmts) run(name string, args ...any) error {
	_, err := s.count(name, args...)
	return err
}

func (s stmts) count(name string, args ...any) (int64, error) {
	res, err := s[name].Exec(args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return res.RowsAffected()
}

func (s stmts) row(name string, args ...any) *sql.Row { return s[name].QueryRow(args...) }
