import '@/pattern/outcome/outcome.css'
import './payment.css'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { mayOpen } from '@/app/nav'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { confirmMilestone, showEvidence, useCasePayment, type CasePayment as Payment, type Part } from './api'
import { Deed } from './Deed'
import { OrderTable } from './OrdersPage'
import { PlanForm } from './PlanForm'

/** One case's money on its way out, for the case's own page: instalments, orders, reports. Nothing where it went out at once and no report is asked. */
export function CasePayment({ id }: { id: string }) {
  const role = useSession().active?.role
  const payment = useCasePayment(id, mayOpen(role, '/performance')).data
  if (!payment || !(payment.may_plan || payment.plan_version > 0 || payment.orders.length > 0 || payment.reports.length > 0)) return null
  return <Panel payment={payment} />
}

function Panel({ payment: p }: { payment: Payment }) {
  const { d, lang } = useLang()
  const [planning, setPlanning] = useState(false)
  const open = p.parts.some((part) => part.state === 'waiting' || part.state === 'confirmed')
  return (
    <Card
      title={d.payment.panel}
      note={<Say text={d.payment.panelNote} parts={{ paid: <Money fen={p.paid_fen} />, total: <Money fen={p.total_fen} /> }} />}
      extra={p.differs && <span className="chip chip-bad">{d.payment.differs}</span>}
      className="payment-panel"
      flush
    >
      {p.orders.length > 0 && <OrderTable orders={p.orders} ofCase />}
      <div className="card-body">
        {p.plan_version > 0 && <Parts payment={p} />}
        {p.may_plan && open && !planning && (
          <div>
            <Button size="small" onClick={() => setPlanning(true)}>
              {p.plan_version > 0 ? d.payment.replan : d.payment.plan}
            </Button>
          </div>
        )}
        {planning && <PlanForm payment={p} onDone={() => setPlanning(false)} />}
        {p.reports.map((r) => (
          <p key={r.id}>
            {d.payment.reports} <Link className="mono" to={`/performance/${r.id}`}>{r.number}</Link> <span className={`chip ${r.overdue ? 'chip-bad' : r.state === 'accepted' ? 'chip-eligible' : ''}`}>{d.performance.stateName[r.state]}</span> <span className="note">{fill(d.performance.dueOn, { at: tableDate(r.due_on, lang) })}</span>
          </p>
        ))}
      </div>
    </Card>
  )
}

/** The parts in order, with what each waits for. */
function Parts({ payment: p }: { payment: Payment }) {
  const { d } = useLang()
  const [confirming, setConfirming] = useState<Part | null>(null)
  const last = p.versions[p.versions.length - 1]
  return (
    <div>
      <h3>
        {d.payment.parts} <span className="note">{fill(d.payment.planVersion, { n: p.plan_version })} {last && fill(d.app.said, { what: last.name, words: last.reason })}</span>
      </h3>
      {confirming && (
        <Deed
          title={fill(d.payment.confirmTitle, { n: confirming.n })}
          summary={<Say text={d.payment.confirmSummary} parts={{ amount: <b><Money fen={confirming.amount_fen} /></b> }} />}
          hint={d.payment.noteHint}
          act={d.payment.confirm}
          run={(note, key) => confirmMilestone(p.case)({ n: confirming.n, note }, key)}
          onDone={() => setConfirming(null)}
        />
      )}
      <ol className="lacks">
        {p.parts.map((part) => (
          <PartRow key={part.n} id={p.case} part={part} of={p.parts.length} onConfirm={() => setConfirming(part)} />
        ))}
      </ol>
    </div>
  )
}

function PartRow({ id, part, of, onConfirm }: { id: string; part: Part; of: number; onConfirm: () => void }) {
  const { d, lang } = useLang()
  const input = useRef<HTMLInputElement>(null)
  const show = useWrite(showEvidence(id, part.n))
  const words = [part.due_on && fill(d.payment.milestoneDue, { at: tableDate(part.due_on, lang) }), part.evidence && `${d.payment.evidence} ${part.evidence}`, part.confirms && fill(d.payment.confirmsBy, { role: d.payment.ask[part.confirms] })]
  return (
    <li>
      <div className="spread">
        <span>
          <b>{fill(d.payment.instalment, { n: part.n, of })}</b> {part.milestone}
        </span>
        <Money fen={part.amount_fen} />
      </div>
      <div className="note">
        <span className={part.state === 'paid' ? 'ok' : part.state === 'waiting' ? 'lacking' : ''}>{d.payment.partState[part.state]}</span> {words.filter(Boolean).join(' · ')}
      </div>
      {part.confirmed_on && <div className="note">{fill(d.payment.confirmed, { by: part.confirmed_by, at: tableDate(part.confirmed_on, lang), note: part.note })}</div>}
      {part.shown.map((file) => (
        <div key={file.id} className="note">
          <a href={`/api/v1/payment/cases/${id}/evidence/${file.id}`} download className="break">
            {file.name}
          </a>
        </div>
      ))}
      {part.allowed.length > 0 && (
        <div className="row">
          {part.allowed.includes('show') && (
            <>
              <input
                ref={input}
                type="file"
                hidden
                aria-label={`${d.payment.showEvidence} ${part.n}`}
                onChange={(event) => {
                  const file = event.target.files?.[0]
                  if (file) show.mutate(file)
                  event.target.value = ''
                }}
              />
              <Button size="small" disabled={show.isPending} onClick={() => input.current?.click()}>
                {d.payment.showEvidence}
              </Button>
            </>
          )}
          {part.allowed.includes('confirm') && (
            <Button size="small" type="primary" onClick={onConfirm}>
              {d.payment.confirm}
            </Button>
          )}
        </div>
      )}
      {show.error && <ErrorPanel error={show.error} />}
    </li>
  )
}
