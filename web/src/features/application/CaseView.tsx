import './application.css'
import { Input } from 'antd'
import { useRef, useState } from 'react'
import { Link } from 'react-router'
import { stampTime, sentenceDate } from '@/calendar/date'
import { useFact, useLog } from '@/features/evidence/api'
import { useRecompute } from '@/features/evidence/recompute'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { ProofBadge, type Recomputed, type Seal } from '@/pattern/proof/ProofBadge'
import { ErrorPanel } from '@/pattern/state/states'
import { Timeline } from '@/pattern/time/Timeline'
import { Attachments } from './Attachments'
import { Calculation } from './Calculation'
import { DecisionButtons, useDecision } from './DecisionButtons'
import type { Application } from './model'
import { StateChip } from './StateChip'

/** The case after submission: the same page for the applicant and for whoever decides. */
export function CaseView({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  const opinionRef = useRef<HTMLDivElement>(null)
  const [proof, setProof] = useState<Recomputed>('not_yet')
  const decision = useDecision(a, () => opinionRef.current?.querySelector('textarea')?.focus())
  const deciding = decision.offered.length > 0
  return (
    <>
      <PageHead
        title={a.org.name}
        aside={<span className="mono">{a.org.code}</span>}
        crumbs={
          <>
            <Link to="/applications">{d.nav.applications}</Link> › {say(a.name)} › <span className="mono">{a.number}</span>
          </>
        }
        sentence={
          <>
            <StateChip state={a.state} /> <Say text={a.amount_fen === null ? d.application.caseSentenceOpen : d.application.caseSentence} parts={{ object: [a.object, say(a.name)].filter(Boolean).join(' · '), amount: a.amount_fen !== null && <b><Money fen={a.amount_fen} /></b> }} />
          </>
        }
        actions={deciding && <DecisionButtons decision={decision} blocked={proof === 'differs' || a.stale !== null} />}
      />
      <div className="columns">
        <div className="stack">
          {decision.error !== null && <div className="card"><ErrorPanel error={decision.error} unchanged={d.application.textKept} /></div>}
          <Calculation application={a} />
          {deciding && (
            <div ref={opinionRef}>
              <Card title={d.application.opinion} note={<Summary application={a} />}>
                <Input.TextArea
                  aria-label={d.application.opinion}
                  autoSize={{ minRows: 2, maxRows: 8 }}
                  placeholder={d.application.opinionHint}
                  value={decision.opinion}
                  status={decision.wantsOpinion ? 'error' : ''}
                  onChange={(event) => decision.setOpinion(event.target.value)}
                />
                {decision.wantsOpinion && <p className="note bad" role="alert">{d.application.opinionNeeded}</p>}
              </Card>
            </div>
          )}
          {a.why_not.length > 0 && (
            <ul className="note">
              {a.why_not.map((w) => (
                <li key={w.act}>{say(w.text)}</li>
              ))}
            </ul>
          )}
          <Opinions application={a} />
          <Orders application={a} />
          <Attachments application={a} />
        </div>
        <div className="stack">
          {a.seal && <ProofCard seal={a.seal} onResult={setProof} />}
          <Progress application={a} />
          {a.alarms.length > 0 && (
            <Card title={d.application.alarms}>
              <ul className="lacks">
                {a.alarms.map((alarm) => (
                  <li key={alarm.key}>
                    {say(alarm.text)}
                    {alarm.note && <div className="note">{say(alarm.note)}</div>}
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      </div>
    </>
  )
}

/** One line of money and party before an irreversible button. */
function Summary({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  if (a.amount_fen === null) return null
  return (
    <>
      {a.org.name} <Money fen={a.amount_fen} />
      {a.purses.map((p) => (
        <span key={p.key}>
          {' '}
          · {say(p.name)} <Money fen={p.amount_fen} />
        </span>
      ))}{' '}
      · {d.application.irreversible}
    </>
  )
}

function ProofCard({ seal, onResult }: { seal: Seal; onResult: (state: Recomputed) => void }) {
  const { d } = useLang()
  const fact = useFact(seal.fact)
  const log = useLog()
  const proof = useRecompute(fact.data ?? { seal, salt: null, canonical: null }, log.data, onResult)
  return (
    <Card title={d.evidence.provable} extra={<span className={seal.index === null ? 'chip chip-lacking' : 'chip chip-eligible'}>{seal.index === null ? d.application.unsealed : d.application.sealed}</span>}>
      <ProofBadge seal={fact.data ? { ...fact.data.seal, fact: seal.fact } : seal} recomputed={proof.state} onRecompute={proof.run} />
      {proof.error !== null && <ErrorPanel error={proof.error} unchanged="" />}
    </Card>
  )
}

function Progress({ application: a }: { application: Application }) {
  const { d, lang, say } = useLang()
  if (a.timeline.length === 0) return null
  return (
    <Card title={d.application.progress} note={d.application.progressNote}>
      <Timeline
        moments={a.timeline.map((step) => ({
          key: step.key,
          when: step.when,
          title: say(step.label),
          waitsFor: step.when === 'now' ? say(step.waits_for) || undefined : undefined,
          clock: step.clock ?? undefined,
          note: [
            step.at ? sentenceDate(step.at, lang) : '',
            step.by ?? '',
            step.days_used === null ? '' : fill(step.counted ? d.application.daysUsed : d.application.daysNotCounted, { n: step.days_used }),
            say(step.note),
          ]
            .filter(Boolean)
            .join('　'),
        }))}
      />
    </Card>
  )
}

function Opinions({ application: a }: { application: Application }) {
  const { d, lang } = useLang()
  if (a.opinions.length === 0) return null
  const verbs: Record<string, string> = d.application.verb
  return (
    <Card title={d.application.opinions}>
      <ul className="lacks">
        {a.opinions.map((o) => (
          <li key={o.key}>
            <b>{verbs[o.verb] ?? o.verb}</b> <span className="note">{`${o.by} · ${stampTime(o.at, lang)}`}</span>
            {o.text && <p className="prose">{o.text}</p>}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Orders({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  if (a.orders.length === 0) return null
  const states: Record<string, string> = d.application.orderState
  return (
    <Card title={d.application.orders} note={d.application.ordersNote}>
      <ul className="lacks">
        {a.orders.map((o) => (
          <li key={o.key} className="spread">
            <span>
              <b>{say(o.purse)}</b> <span className="note">{o.payee}</span>
              <div className="note">
                {states[o.state] ?? o.state}
                {o.transfer && (
                  <>
                    {' · '}
                    <Link to={`/ledger/transfers/${encodeURIComponent(o.transfer)}`}>{d.application.traceMoney}</Link>
                  </>
                )}
              </div>
            </span>
            <Money fen={o.amount_fen} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
