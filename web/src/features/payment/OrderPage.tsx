import './payment.css'
import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { stampTime, tableDate } from '@/calendar/date'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { actOn, useOrder, type OneOrder, type OrderAct } from './api'
import { OrderChip } from './Chips'
import { Deed } from './Deed'

/** One payment order: to whom, how far, every step, and what may be done. */
export default function OrderPage() {
  const { id = '' } = useParams()
  return <Loaded query={useOrder(id)}>{(o) => <OrderView order={o} />}</Loaded>
}

const ACTS: OrderAct[] = ['refuse_cancel', 'ask_cancel', 'cancel', 'reissue']

function OrderView({ order: o }: { order: OneOrder }) {
  const { d, lang, say } = useLang()
  const [act, setAct] = useState<OrderAct | null>(null)
  const names: Record<OrderAct, string> = { reissue: d.payment.reissue, ask_cancel: d.payment.askCancel, cancel: d.payment.consentCancel, refuse_cancel: d.payment.refuseCancel }
  const summaries: Record<OrderAct, string> = { reissue: d.payment.reissueSummary, ask_cancel: d.payment.askSummary, cancel: d.payment.answerSummary, refuse_cancel: d.payment.answerSummary }
  const offered = ACTS.filter((a) => o.allowed.includes(a))
  const particulars: [string, ReactNode][] = [
    [d.payment.payee, <span key="payee">{o.holder}<br />{o.bank} <span className="mono">{o.account}</span></span>],
    [d.payment.purpose, o.purpose],
    [d.payment.case, <Link key="case" className="mono" to={`/applications/${o.case}`}>{o.case_number}</Link>],
    [d.payment.due, tableDate(o.due_on, lang)],
  ]
  if (o.of > 1) particulars.push([d.payment.parts, fill(d.payment.instalment, { n: o.instalment, of: o.of })])
  if (o.replaces) particulars.push([d.payment.replaces, <Link key="replaces" to={`/payment/orders/${o.replaces}`}>{d.payment.before}</Link>])
  if (o.settled_on) particulars.push([d.payment.settledOn, tableDate(o.settled_on, lang)])
  if (o.reference) particulars.push([d.payment.reference, <span key="reference" className="mono break">{o.reference}</span>])
  if (o.why) particulars.push([d.payment.why, <b key="why" className="bad">{o.why}</b>])
  return (
    <>
      <PageHead
        plain
        title={o.number}
        crumbs={
          <>
            <Link to="/payment">{d.payment.title}</Link> › <Link to="/payment/orders">{d.payment.orders}</Link>
          </>
        }
        sentence={
          <>
            <OrderChip state={o.state} /> <Say text={d.payment.orderSentence} parts={{ purse: say(o.purse.name), holder: o.holder, amount: <b><Money fen={o.amount_fen} /></b> }} />
          </>
        }
        actions={offered.map((a) => (
          <Button key={a} type={a === offered[offered.length - 1] ? 'primary' : 'default'} onClick={() => setAct(a)}>
            {names[a]}
          </Button>
        ))}
      />
      <div className="columns">
        <div className="stack">
          {act && <Deed key={act} title={names[act]} summary={summaries[act]} hint={d.payment.reasonHint} act={names[act]} run={(reason, key) => actOn(o)({ act, reason }, key)} onDone={() => setAct(null)} />}
          <Card title={d.payment.order}>
            <Facts items={particulars} />
          </Card>
        </div>
        <Card title={d.payment.steps}>
          <ol className="lacks">
            {o.steps.map((step) => (
              <li key={`${step.at}${step.action}`}>
                <b>{(d.payment.step as Record<string, string>)[step.action] ?? step.action}</b> <span className="note">{[step.name, stampTime(step.at, lang)].filter(Boolean).join(' · ')}</span>
                {step.note && <p className="note break">{step.note}</p>}
              </li>
            ))}
          </ol>
        </Card>
      </div>
    </>
  )
}
