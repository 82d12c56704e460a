import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useApplication } from '@/features/application/api'
import { Letters } from '@/features/application/Letters'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { ActForm, Words } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { judge, useException, withdraw, type Exception } from './api'
import { StateChip } from './StateChip'

const SEATS = ['office', 'finance'] as const

/** One exception: what is proposed, its chain, its case, and the next step of whoever looks. */
export default function ExceptionPage() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useException(id)} lines={8}>
      {(x) => <Whole key={x.id} x={x} />}
    </Loaded>
  )
}

function Whole({ x }: { x: Exception }) {
  const { d } = useLang()
  const w = d.exception
  return (
    <>
      <PageHead
        title={x.number}
        plain
        crumbs={<Link to="/exceptions">{w.title}</Link>}
        sentence={
          <>
            <StateChip state={x.state} /> {[x.org.name, w.kind[x.kind], x.matter].filter(Boolean).join(' · ')} · <b><Money fen={x.amount_fen} /></b>
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          <Proposal x={x} />
          <Chain x={x} />
        </div>
        <div className="stack">
          {x.may_judge && <Judge x={x} />}
          {x.may_withdraw && <Withdraw x={x} />}
          <CaseCard x={x} />
          {x.case && <CaseLetters id={x.case.id} />}
        </div>
      </div>
    </>
  )
}

function Proposal({ x }: { x: Exception }) {
  const { d, lang, say } = useLang()
  const w = d.exception
  const items: [string, ReactNode][] = [
    [w.clause, <Link key="clause" to={`/policy/documents/${x.clause.document}`}>{say(x.clause.label)}</Link>],
    [w.measure, x.measure === '' ? w.noMeasure : `${x.measure} ${say(x.measure_name)}`],
    [w.departs, w.departure[x.departure]],
    [w.by, `${x.proposed_by} · ${stampTime(x.proposed_at, lang)}`],
    [
      w.papers,
      <span key="papers" className="break">
        {x.papers.map((p) => (
          <a key={p.sha256} href={`/api/v1/exceptions/${x.id}/papers/${p.sha256}`} download className="row-name">
            {p.name}{' '}
          </a>
        ))}
      </span>,
    ],
  ]
  return (
    <Card title={w.proposal}>
      <p className="prose">{x.reason}</p>
      <Facts items={items} />
    </Card>
  )
}

function Chain({ x }: { x: Exception }) {
  const { d, lang } = useLang()
  const w = d.exception
  return (
    <Card title={w.chain} note={w.chainNote}>
      <Facts
        items={SEATS.map((seat): [string, ReactNode] => {
          const o = x.opinions.find((one) => one.seat === seat)
          if (!o) return [w.seat[seat], <span key={seat} className="note">{x.state === 'proposed' ? w.missing : '—'}</span>]
          return [
            w.seat[seat],
            <div key={seat}>
              <span className={`chip ${o.verdict === 'approve' ? 'chip-eligible' : 'chip-bad'}`}>{w.verdict[o.verdict]}</span> {o.name} <span className="note">{stampTime(o.at, lang)}</span>
              <p className="prose break">{o.reason}</p>
            </div>,
          ]
        })}
      />
      {x.withdrawn && <p className="note">{fill(w.withdrawn, { name: x.withdrawn.by, date: stampTime(x.withdrawn.at, lang), reason: x.withdrawn.reason })}</p>}
    </Card>
  )
}

function CaseCard({ x }: { x: Exception }) {
  const { d } = useLang()
  const w = d.exception
  if (!x.case) return <Card title={w.case}><p className="note">{w.noCase}</p></Card>
  const items: [string, ReactNode][] = [
    [w.case, <Link key="case" to={`/applications/${x.case.id}`} className="mono">{x.case.number}</Link>],
    [w.filterState, (d.application.state as Record<string, string>)[x.case.state] ?? x.case.state],
    [w.due, <Money key="due" fen={x.case.due_fen} />],
    [w.paid, <Money key="paid" fen={x.case.paid_fen} />],
    [w.sealed, <Link key="fact" to={`/evidence/facts/${x.fact}`} className="mono break">{x.fact}</Link>],
  ]
  return (
    <Card title={w.case} note={w.caseNote}>
      <Facts items={items} />
    </Card>
  )
}

/** The letters of its case, which name the ground and both who approved. */
function CaseLetters({ id }: { id: string }) {
  const found = useApplication(id)
  return found.data ? <Letters application={found.data} /> : null
}

/** The opinion of the seat of whoever looks; the second approval opens the case. */
function Judge({ x }: { x: Exception }) {
  const { d } = useLang()
  const w = d.exception
  const role = useSession().active?.role
  const [reason, setReason] = useState('')
  const send = useWrite(judge(x.id))
  const give = (verdict: 'approve' | 'refuse') => send.mutate({ revision: x.revision, verdict, reason: reason.trim() })
  return (
    <Card title={w.judge} note={role === 'office' || role === 'finance' ? w.seat[role] : undefined}>
      <div className="stack">
        <Words label={w.opinion} value={reason} onChange={setReason} />
        {send.error && <ErrorPanel error={send.error} />}
        <div className="row">
          <Button type="primary" disabled={send.isPending || !reason.trim()} onClick={() => give('approve')}>
            {w.approve}
          </Button>
          <Button danger disabled={send.isPending || !reason.trim()} onClick={() => give('refuse')}>
            {w.refuse}
          </Button>
        </div>
      </div>
    </Card>
  )
}

function Withdraw({ x }: { x: Exception }) {
  const { d } = useLang()
  const w = d.exception
  const [reason, setReason] = useState('')
  const send = useWrite(withdraw(x.id))
  return (
    <Card title={w.revisit} note={w.ownProposal}>
      <ActForm label={w.withdraw} danger error={send.error} pending={send.isPending} ready={reason.trim() !== ''} onSubmit={() => send.mutate({ revision: x.revision, reason: reason.trim() })}>
        <Words label={w.reason} value={reason} onChange={setReason} />
      </ActForm>
    </Card>
  )
}
