import { Button } from 'antd'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { ErrorPanel } from '@/pattern/state/states'
import { verifyPanel, type Panel } from './api'
import { useFieldName } from './ExpertsPage'

/** The draw: commitment before, seed and pool after, who was excluded and why, and drawing it again. */
export function DrawCard({ panel: p }: { panel: Panel }) {
  const { d, lang } = useLang()
  const w = d.review
  const fieldName = useFieldName()
  const hex = (text: string) => <span className="mono break">{text}</span>
  const wants = p.wants.map((one) => `${fieldName(one.field)} × ${one.count}`).join(d.app.listComma)
  if (!p.draw) {
    return (
      <Card title={w.draw} note={wants}>
        <p className="note">{w.drawNote}</p>
        <Facts items={[[w.commitment, hex(p.commitment)]]} />
      </Card>
    )
  }
  return (
    <>
      <Card title={w.draw} note={wants}>
        <p className="note">{fill(w.drawnBy, { name: p.draw.by, at: stampTime(p.draw.at, lang) })}</p>
        <Facts
          items={[
            [w.seed, hex(p.draw.seed)],
            [w.nonce, hex(p.nonce)],
            [w.commitment, hex(p.commitment)],
            [w.checkpoint, hex(fill(w.checkpointText, { n: p.draw.checkpoint.size, root: p.draw.checkpoint.root }))],
            [w.poolHash, hex(p.draw.pool_hash)],
          ]}
        />
        <Verify panel={p} />
      </Card>
      <Pool panel={p} />
    </>
  )
}

function Verify({ panel: p }: { panel: Panel }) {
  const { d, say } = useLang()
  const w = d.review
  const run = useWrite(verifyPanel(p.id))
  return (
    <div className="stack verify">
      <div className="row">
        <Button disabled={run.isPending} onClick={() => run.mutate(undefined)}>
          {w.verify}
        </Button>
        {run.data && <b className={run.data.ok ? 'ok' : 'bad'}>{run.data.ok ? w.verified : w.differs}</b>}
      </div>
      {run.error && <ErrorPanel error={run.error} />}
      {run.data && (
        <ul className="lacks" role="status">
          {run.data.findings.map((f) => (
            <li key={f.step} className={f.ok ? '' : 'bad'}>
              {f.ok ? '●' : '○'} {say(f.text)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Pool({ panel: p }: { panel: Panel }) {
  const { d, say } = useLang()
  const w = d.review
  const fieldName = useFieldName()
  const pool = p.draw?.pool ?? []
  const excluded = pool.filter((c) => c.conflicts.length > 0)
  const drawn = (expert: string) => p.draw?.members.some((m) => m.expert === expert)
  const number = (id: string) => p.cases.find((c) => c.id === id)?.number ?? ''
  return (
    <Card title={w.pool} note={fill(w.poolNote, { n: pool.length - excluded.length, m: excluded.length })}>
      {excluded.length > 0 && (
        <>
          <h3 className="sub">{w.excluded}</h3>
          <ul className="lacks">
            {excluded.map((c) => (
              <li key={c.expert}>
                <b>{c.name}</b>
                {c.conflicts.map((x) => (
                  <div key={x.case} className="note">
                    <span className="chip chip-bad">{w.kind[x.kind]}</span> {say(x.reason)} <span className="mono">{number(x.case)}</span>
                  </div>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3 className="sub">{w.eligible}</h3>
      <p className="pool-names">
        {pool
          .filter((c) => c.conflicts.length === 0)
          .map((c) => (
            <span key={c.expert} className={drawn(c.expert) ? 'chip chip-eligible' : 'chip'} title={c.fields.map(fieldName).join(d.app.listComma)}>
              {c.name}
            </span>
          ))}
      </p>
    </Card>
  )
}
