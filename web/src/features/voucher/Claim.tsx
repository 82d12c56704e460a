import { Button, Radio } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { compare, format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { claim } from './api'
import type { Programme, Voucher } from './model'
import { Terms } from './Terms'

/** One programme as an organisation meets it: may it have a voucher, for how much, on what terms. */
export function Claim({ programme: p }: { programme: Programme }) {
  const { d, say } = useLang()
  const w = d.voucher
  const [got, setGot] = useState<Voucher | null>(null)
  return (
    <Card title={say(p.name)} note={<Link to={`/policy/documents/${p.document}#${p.clause}`}>{p.measure}</Link>}>
      <div className="stack">
        <p>{say(p.reading)}</p>
        {p.closed ? (
          <p>
            <span className="chip">{w.closed}</span> {say(p.closed)}
          </p>
        ) : (
          <Open programme={p} onDone={setGot} />
        )}
        {got && (
          <p className="ok" role="status">
            {w.claimed} <Link to={`/vouchers/${got.id}`}>{got.number}</Link>
          </p>
        )}
        {p.terms && <Terms terms={p.terms} />}
        <Widened programme={p} />
      </div>
    </Card>
  )
}

function Open({ programme: p, onDone }: { programme: Programme; onDone: (v: Voucher) => void }) {
  const { d, say } = useLang()
  const w = d.voucher
  const manager = useSession().active?.role === 'org_manager'
  const [face, setFace] = useState('')
  const send = useWrite(claim(p.measure), (v: Voucher) => {
    setFace('')
    onDone(v)
  })
  const fits = (one: string) => (p.terms?.issue !== 'claim' || compare(one, p.issuable_fen) <= 0) && (p.mine?.cap_left_fen === undefined || compare(one, p.mine.cap_left_fen) <= 0)
  if (p.mine && !p.mine.qualifies) {
    return (
      <div>
        <p className="lacking">{w.cannot}</p>
        <ul className="lacks">
          {p.mine.why.map((why, i) => (
            <li key={i}>{say(why)}</li>
          ))}
        </ul>
      </div>
    )
  }
  const left: [string, React.ReactNode][] = [[w.issuable, <Money key="pool" fen={p.issuable_fen} />]]
  if (p.mine?.cap_left_fen !== undefined) left.push([w.capLeft, <Money key="cap" fen={p.mine.cap_left_fen} />])
  const note = { claim: w.claimNote, approval: w.approvalNote, allocation: w.allocateNote }[p.terms?.issue ?? 'claim']
  return (
    <div className="stack">
      <Facts items={left} />
      <div>
        <p className="note">{note}</p>
        <Radio.Group className="voucher-faces" aria-label={w.face} value={face} onChange={(event) => setFace(String(event.target.value))} disabled={!manager}>
          {(p.terms?.faces_fen ?? []).map((one) => (
            <Radio.Button key={one} value={one} disabled={!fits(one)}>
              <span className="num">{format(one)}</span>
            </Radio.Button>
          ))}
        </Radio.Group>
      </div>
      {send.error && <ErrorPanel error={send.error} />}
      <div className="row">
        <Button type="primary" disabled={!manager || face === '' || send.isPending} onClick={() => send.mutate(face)}>
          {p.terms?.issue === 'claim' ? w.claim : w.ask}
        </Button>
        <span className="note">{manager ? face === '' && w.choose : w.managerOnly}</span>
      </div>
    </div>
  )
}

/** Measures that apply this one by analogy. */
export function Widened({ programme: p }: { programme: Programme }) {
  const { d, say } = useLang()
  if (p.widened.length === 0) return null
  return (
    <p className="note">
      {fill(d.app.said, { what: d.voucher.widened, words: p.widened.map((one) => (one.draft ? fill(d.voucher.widenedDraft, { name: say(one.name) }) : say(one.name))).join(d.app.listComma) })}
    </p>
  )
}
