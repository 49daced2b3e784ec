package postgres

// statements are what sqlstore runs, by its names. A row that is looked at to be
// changed is locked first, always the conversation's before the outbox's.
var statements = map[string]string{
	"workspace": `SELECT s.workspace FROM conversations c JOIN sources s USING(src) WHERE c.id=$1`,
	"source":    `INSERT INTO sources(workspace, channel) VALUES($1,$2) ON CONFLICT(workspace, channel) DO UPDATE SET channel=excluded.channel RETURNING src`,
	"locate":    `SELECT id FROM conversations WHERE src=$1 AND address=$2`,
	"converse": `INSERT INTO conversations(id, src, address, bot, contact, pull, part, last, asked, prev, settled, epoch, mode, updated, state)
		VALUES($1,$2,$3,$4,$5,$6,$7,0,0,0,0,1,'bot',$8,$9) ON CONFLICT(src, address) DO NOTHING`,
	"next": `INSERT INTO conversations AS c (id, src, address, bot, contact, pull, part, last, asked, prev, settled, epoch, mode, updated, state)
		VALUES($1,$2,$3,$4,$5,$6,$7,1,1,0,0,1,'bot',$8,$9)
		ON CONFLICT(id) DO UPDATE SET last=c.last+1, asked=c.last+1, prev=c.asked, bot=excluded.bot, updated=excluded.updated,
			contact=CASE WHEN excluded.contact='{}'::bytea THEN c.contact ELSE excluded.contact END
		RETURNING conv, src, last, prev, settled, epoch, state`,
	"accept": `INSERT INTO events(conv, seq, turn, body, src, native, digest, meta, part, prev, attempt, open)
		VALUES($1,$2,$2,$3,$4,$5,$6,$7,$8,$9,0,true) ON CONFLICT DO NOTHING`,
	"known":  `SELECT c.id, e.seq, e.digest FROM events e JOIN conversations c USING(conv) WHERE e.src=$1 AND e.native=$2`,
	"reopen": `UPDATE conversations SET epoch=$2, state=$3, mode='bot' WHERE conv=$1`,
	"carry":  `UPDATE outbox SET epoch=$2 WHERE live AND conv=$1 AND line=0 AND bot AND epoch=$3`,
	"unhold": `UPDATE outbox SET state='queued', not_before=$2 WHERE live AND conv=$1 AND state='held'`,
	"settle": `UPDATE conversations SET last=last+$1, settled=$2, state=$3, mode=$8, updated=$9 WHERE id=$4 AND epoch=$5 AND settled<$2 AND settled=$7
		AND (SELECT fence FROM partitions p WHERE p.part=conversations.part)=$6 RETURNING conv, last`,
	"why":   `SELECT (epoch<>$2 OR settled<>$5) AND settled<$3 AND fence=$4 FROM conversations JOIN partitions USING(part) WHERE id=$1`,
	"close": `UPDATE events SET open=NULL, first=$3, final=$4, trace=$5 WHERE conv=$1 AND seq=$2`,
	"say":   `INSERT INTO events(conv, seq, turn, body, src, native, digest) VALUES($1,$2,$3,$4,$5,$6,$7)`,
	"send": `INSERT INTO outbox(conv, line, seq, turn, bot, epoch, state, post, not_before, expires)
		VALUES($1,$2,$3,$4,$5,$6,'queued',$7,$8,$9)`,
	"thread": `INSERT INTO threads AS t (conv, case_id, workspace, channel, room, card)
		SELECT c.conv, $2, s.workspace, $3, $4, $5 FROM conversations c JOIN sources s USING(src) WHERE c.conv=$1
		ON CONFLICT(conv, case_id) DO UPDATE SET card=excluded.card, channel=excluded.channel, room=excluded.room,
			thread=CASE WHEN t.channel=excluded.channel AND t.room=excluded.room THEN t.thread ELSE '' END`,
	"card": `SELECT card FROM threads WHERE conv=$1 AND case_id=$2`,
	"bind": `UPDATE threads t SET thread=$3 WHERE conv=$1 AND case_id=$2 AND NOT EXISTS(SELECT 1 FROM threads o
		WHERE o.workspace=t.workspace AND o.channel=t.channel AND o.room=t.room AND o.thread=$3 AND o.thread<>'' AND (o.conv, o.case_id)<>(t.conv, t.case_id))`,

	"whole":  `SELECT conv, last, settled, epoch, pull, state FROM conversations WHERE id=$1 FOR UPDATE`,
	"move":   `UPDATE conversations SET last=$2, epoch=$3, state=$4, mode=$5, updated=$6 WHERE conv=$1`,
	"drop":   `UPDATE outbox SET state='dropped', live=NULL, note='a person took over' WHERE live AND conv=$1 AND line=0 AND bot AND state IN ('queued','held')`,
	"spoken": `SELECT conv, seq, digest FROM events WHERE src=$1 AND native=$2`,
	"noted":  `SELECT conv, digest FROM notes WHERE src=$1 AND native=$2`,
	"note":   `INSERT INTO notes(conv, after, src, native, digest, agent, text, at) VALUES($1,$2,$3,$4,$5,$6,$7,$8)`,
	// A new number in the journal for an event tells replicas of what is none.
	"retell": `UPDATE events SET n=DEFAULT WHERE conv=$1 AND seq=$2`,
	"alone":  `SELECT pg_advisory_xact_lock(72271)`,
	"beat":   `INSERT INTO replicas VALUES($1,$2) ON CONFLICT(owner) DO UPDATE SET until=excluded.until`,
	"living": `SELECT count(*) FROM replicas WHERE until>$1`,
	"excess": `UPDATE partitions SET owner='', until=0 WHERE owner=$1
		AND part IN (SELECT part FROM partitions WHERE owner=$1 ORDER BY part IN (SELECT value::int FROM json_array_elements_text($3::json)) DESC, part OFFSET $2)
		AND part NOT IN (SELECT value::int FROM json_array_elements_text($3::json))`,
	"leave":   `DELETE FROM replicas WHERE owner=$1`,
	"renew":   `UPDATE partitions SET until=$2 WHERE owner=$1`,
	"free":    `UPDATE partitions SET owner='' WHERE owner NOT IN ('', $1) AND until<=$2`,
	"mine":    `SELECT part, fence FROM partitions WHERE owner=$1`,
	"unclaim": `UPDATE outbox SET until=0 WHERE live AND state='claimed'`,
	"giveup":  `UPDATE partitions SET owner='', until=0 WHERE owner=$1`,
	"pending": `SELECT o.state, o.epoch<c.epoch AND o.bot, o.expires, o.until, o.not_before FROM outbox o JOIN conversations c USING(conv) WHERE o.id=$1 AND o.live FOR UPDATE OF o`,
	"claim": `UPDATE outbox SET state='claimed', until=$2, attempt=attempt+1, asked=(SELECT c.asked FROM conversations c WHERE c.conv=outbox.conv)
		WHERE id=$1 RETURNING attempt`,
	"unsent": `SELECT o.id, o.turn, o.state='claimed' AND o.until>$2 FROM outbox o WHERE o.live AND o.line=0
		AND o.conv=(SELECT conv FROM conversations WHERE id=$1) ORDER BY o.id FOR UPDATE`,
	"end": `UPDATE outbox SET state=$2, note=$3, live=NULL WHERE id=$1`,
	"finish": `UPDATE outbox SET state=$3, not_before=$4, note=$5, done=greatest(done, $6), native=$7, live=CASE WHEN $3 IN ('queued','held') THEN true END
		WHERE id=$1 AND state='claimed' AND attempt=$2 RETURNING conv, asked<(SELECT c.asked FROM conversations c WHERE c.conv=outbox.conv)`,
	"takeover": `UPDATE partitions SET owner=$1, fence=fence+1, until=$2 WHERE part IN
		(SELECT part FROM partitions WHERE owner='' ORDER BY part LIMIT greatest(0, $3-(SELECT count(*) FROM partitions WHERE owner=$1)))`,
	"died": `UPDATE events SET attempt=attempt+1 WHERE open AND part IN (SELECT part FROM partitions WHERE owner NOT IN ('', $1) AND until<=$2)
		AND prev<=(SELECT settled FROM conversations c WHERE c.conv=events.conv)`,

	"open": `SELECT c.id, e.seq, e.prev, c.settled, e.attempt, c.epoch, c.state, s.workspace, s.channel, c.address, e.native, e.meta, e.body
		FROM events e JOIN conversations c USING(conv) JOIN sources s ON s.src=e.src
		WHERE e.open AND e.part=ANY(SELECT value::int FROM json_array_elements_text($1::json)) ORDER BY e.conv, e.seq`,
	"turn":   `SELECT e.conv, e.open IS NULL, e.first, e.final FROM events e JOIN conversations c USING(conv) WHERE c.id=$1 AND e.seq=$2`,
	"trace":  `SELECT e.trace FROM events e JOIN conversations c USING(conv) WHERE c.id=$1 AND e.seq=$2`,
	"range":  `SELECT seq, turn, body FROM events WHERE conv=$1 AND seq BETWEEN $2 AND $3 ORDER BY seq`,
	"events": `SELECT seq, turn, body FROM events WHERE conv=(SELECT conv FROM conversations WHERE id=$1) AND seq>$2 ORDER BY seq LIMIT $3`,
	"notes":  `SELECT n.after, n.agent, n.text, n.at FROM notes n JOIN conversations c USING(conv) WHERE c.id=$1 ORDER BY n.id`,
	"state":  `SELECT settled, epoch, state FROM conversations WHERE id=$1`,
	"due": `SELECT o.id FROM outbox o WHERE o.live AND o.not_before<=$1 AND (o.state='queued' OR o.state='claimed' AND o.until<=$1)
		AND NOT EXISTS(SELECT 1 FROM outbox p WHERE p.live AND p.conv=o.conv AND p.line=o.line AND p.id<o.id) ORDER BY o.not_before, o.id LIMIT 1`,
	"reply": `SELECT c.id, c.address, s.workspace, s.channel, o.line, o.seq, o.turn, coalesce(e.body,''), coalesce(m.meta,''), coalesce(o.post,''), o.done
		FROM outbox o JOIN conversations c USING(conv) JOIN sources s ON s.src=c.src
		LEFT JOIN events e ON e.conv=o.conv AND e.seq=o.seq LEFT JOIN events m ON m.conv=o.conv AND m.seq=o.turn WHERE o.id=$1`,
	"passive":  `SELECT o.id FROM outbox o JOIN conversations c USING(conv) WHERE c.id=$1 AND o.native=$2 AND o.native<>'' ORDER BY o.id`,
	"threadof": `SELECT t.thread FROM threads t JOIN conversations c USING(conv) WHERE c.id=$1 AND t.case_id=$2`,
	"outgoing": `SELECT o.state, count(*) FROM outbox o JOIN conversations c USING(conv) WHERE c.id=$1 GROUP BY o.state`,
	// Not by json: that refuses all of a body in which a customer wrote a NUL.
	"backlog": `SELECT (SELECT count(*) FROM events WHERE open), (SELECT count(*) FROM outbox WHERE live),
		(SELECT min(substring(convert_from(body,'UTF8') FROM '"at":"([^"]+)"')) FROM events WHERE open)`,
	"conversation": conversation + ` WHERE c.id=$1`,
	"list":         conversation + ` WHERE s.workspace=$1 AND c.conv<$2 ORDER BY c.conv DESC LIMIT $3`,
	"listmode":     conversation + ` WHERE s.workspace=$1 AND c.conv<$2 AND c.mode=$4 AND c.mode<>'bot' ORDER BY c.conv DESC LIMIT $3`,
	"listbot":      conversation + ` WHERE s.workspace=$1 AND c.conv<$2 AND c.mode=$4 ORDER BY c.conv DESC LIMIT $3`,
	"tail":         `SELECT e.n, c.id FROM events e JOIN conversations c USING(conv) WHERE e.n>=$1 ORDER BY e.n LIMIT 10000`,
	"tip":          `SELECT e.n, c.id FROM events e JOIN conversations c USING(conv) ORDER BY e.n DESC LIMIT 1`,
	"bythread":     `SELECT c.id FROM threads t JOIN conversations c USING(conv) WHERE t.workspace=$1 AND t.channel=$2 AND t.room=$3 AND t.thread=$4 AND t.thread<>''`,
}

// raw names the values that customers, platforms and people's notes give to
// columns of bytes. They are passed as bytes: text would be read as PostgreSQL's
// own notation of bytes, in which "\\x41" is "A" and a backslash an error.
var raw = map[string][]int{
	"locate": {1}, "converse": {2}, "next": {2}, "accept": {4}, "known": {1}, "say": {5}, "spoken": {1}, "noted": {1}, "note": {3, 6},
}

const conversation = `SELECT c.conv, c.id, s.channel, c.address, c.bot, c.contact, c.settled, c.epoch, c.state, c.last, c.updated
	FROM conversations c JOIN sources s USING(src)`
