import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { format, share } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { allocate } from './api'
import { Widened } from './Claim'
import type { Programme } from './model'
import { Terms } from './Terms'

/** One programme's year as the office sees it: how far the pool is issued and where that went. */
export function Pool({ programme: p }: { programme: Programme }) {
  const { d, say } = useLang()
  const w = d.voucher
  return (
    <Card title={fill(w.poolOf, { name: say(p.name), year: p.year })} note={<Link to={`/policy/documents/${p.document}#${p.clause}`}>{p.measure}</Link>}>
      <div className="stack">
        {p.closed && (
          <p>
            <span className="chip">{w.closed}</span> {say(p.closed)}
          </p>
        )}
        {p.figures && <Gauge figures={p.figures} />}
        {p.waiting > 0 && <Waiting programme={p} />}
        {p.terms && <Terms terms={p.terms} />}
        <Widened programme={p} />
      </div>
    </Card>
  )
}

function Gauge({ figures: f }: { figures: NonNullable<Programme['figures']> }) {
  const { d } = useLang()
  const w = d.voucher
  const parts: [name: string, fen: string, kind: string][] = [
    [w.spent, f.spent_fen, 'money-bar-paid'],
    [w.held, f.held_fen, 'money-bar-held'],
    [w.available, f.available_fen, 'voucher-bar-free'],
    [w.returned, f.returned_fen, 'voucher-bar-back'],
    [w.expired, f.expired_fen, 'voucher-bar-back'],
  ]
  return (
    <div>
      <span className="money-bar pool-bar" role="img" aria-label={fill(w.poolBar, { funded: format(f.funded_fen), issued: format(f.issued_fen), unused: format(f.unused_fen) })}>
        {parts.map(([name, fen, kind]) => (
          <span key={name} className={kind} style={{ width: `${share(fen, f.funded_fen)}%` }} />
        ))}
      </span>
      <dl className="voucher-figures">
        {[[w.funded, f.funded_fen, ''], [w.issued, f.issued_fen, ''], ...parts, [w.unused, f.unused_fen, 'money-key-free']].map(([name = '', fen = '0', kind = '']) => (
          <div key={name}>
            <dt>
              {kind !== '' && <i className={kind} />}
              {name}
            </dt>
            <dd>
              <Money fen={fen} overview />
            </dd>
          </div>
        ))}
      </dl>
      <p className="note">
        {f.ceiling_fen !== undefined && (
          <>
            {w.ceiling} <Money fen={f.ceiling_fen} overview />。{' '}
          </>
        )}
        {w.equation}
      </p>
    </div>
  )
}

/** Requests that wait; where the ruling allocates, all are issued together from here. */
function Waiting({ programme: p }: { programme: Programme }) {
  const { d } = useLang()
  const w = d.voucher
  const office = useSession().active?.role === 'office'
  const [reason, setReason] = useState('')
  const send = useWrite(allocate(p.measure), () => setReason(''))
  return (
    <div className="stack">
      <p>
        <Link to="/vouchers?state=requested">{fill(w.waiting, { n: p.waiting })}</Link>
      </p>
      {office && p.terms?.issue === 'allocation' && (
        <>
          <p className="note">{w.allocateNote}</p>
          <Input.TextArea aria-label={w.allocateReason} placeholder={w.allocateReason} autoSize={{ minRows: 2 }} maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />
          {send.error && <ErrorPanel error={send.error} />}
          <div>
            <Button type="primary" disabled={reason.trim() === '' || send.isPending} onClick={() => send.mutate(reason.trim())}>
              {w.allocate}
            </Button>
          </div>
        </>
      )}
    </div>
  )
}
