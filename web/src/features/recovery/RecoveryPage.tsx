import './recovery.css'
import { Link, useParams } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useFactName } from '@/features/application/Proofs'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { format } from '@/money/fen'
import { percent } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Act } from './Act'
import { useRecovery } from './api'
import { HistoryCard } from './HistoryCard'
import { LetterCard } from './LetterCard'
import { stepsOf, type Recovery } from './model'
import { MoneyCard, PlanCard, PursesCard, ReceiptsCard } from './MoneyCards'
import { StateChip } from './StateChip'

/** One recovery: its authority, its proof, the hearing, what is owed and received, and the next step of whoever looks. */
export default function RecoveryPage() {
  const { id = '' } = useParams()
  const found = useRecovery(id)
  return (
    <Loaded query={found} lines={8}>
      {(r) => <Whole key={r.id} recovery={r} />}
    </Loaded>
  )
}

function Whole({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const session = useSession()
  const steps = stepsOf(session.active?.role, r)
  // A form begins anew after its reader's own step; not when the ledger answers while they type, nor when they add a paper to what they are writing.
  const acts = r.events.filter((e) => e.name !== '' && e.name === session.person?.name && e.action !== 'add' && e.action !== 'state').length
  const waits: Record<string, string> = w.waits
  return (
    <>
      <PageHead
        title={r.number}
        plain
        crumbs={<Link to="/recoveries">{w.title}</Link>}
        sentence={
          <>
            <StateChip state={r.state} /> {[r.org_name, w.ground[r.ground], waits[r.waits_for]].filter(Boolean).join(' · ')}
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          {r.decision !== null && <MoneyCard recovery={r} />}
          <AuthorityCard recovery={r} />
          <ProofCard recovery={r} />
          <HearingCard recovery={r} />
          {r.decision !== null && <DecisionCard recovery={r} decision={r.decision} />}
          {r.instalments.length > 0 && <PlanCard recovery={r} />}
          {r.decision?.in_force && <ReceiptsCard recovery={r} />}
          <PursesCard recovery={r} />
        </div>
        <div className="stack">
          {steps.length > 0 && <Act key={`${acts} ${steps[0] ?? ''}`} recovery={r} steps={steps} />}
          <LetterCard recovery={r} />
          <HistoryCard recovery={r} />
        </div>
      </div>
    </>
  )
}

function AuthorityCard({ recovery: r }: { recovery: Recovery }) {
  const { d, say } = useLang()
  const w = d.recovery
  return (
    <Card title={w.authority}>
      {r.authority ? (
        <>
          <p className="prose">{r.law.words}</p>
          {r.law.document !== '' && (
            <p className="note">
              <Link to={`/policy/documents/${r.law.document}`}>{say(r.law.label)}</Link>
              {r.law.draft && ` · ${w.draftReference}`}
            </p>
          )}
        </>
      ) : (
        <p className="bad">{w.noAuthority}</p>
      )}
    </Card>
  )
}

function ProofCard({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const name = useFactName(r.facts)
  return (
    <Card title={w.proof}>
      {r.reason !== '' && <p className="note">{fill(d.app.said, { what: w.why, words: r.reason })}</p>}
      {r.finding !== '' && (
        <p className="prose">
          <b>{w.finding}</b> {r.finding}
        </p>
      )}
      {r.facts.length + r.papers.length === 0 && <p className="note">{w.noProof}</p>}
      <ul className="lacks">
        {r.facts.map((fact) => (
          <li key={fact}>
            {w.facts} <Link to={`/evidence/facts/${fact}`}>{name(fact)}</Link>
          </li>
        ))}
        {r.papers.map((paper) => (
          <li key={paper.id}>
            <a href={`/api/v1/recoveries/${r.id}/papers/${paper.id}`} className="break" download>
              {paper.name}
            </a>{' '}
            {paper.party && <span className="note">{w.byParty}</span>}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function HearingCard({ recovery: r }: { recovery: Recovery }) {
  const { d, lang } = useLang()
  const w = d.recovery
  const n = r.notice
  if (n === null) return <Card title={w.hearing}>{<p className="note">{w.notNotified}</p>}</Card>
  const items: [string, React.ReactNode][] = [
    [
      w.notice,
      <div key="notice">
        <p className="prose">{n.text}</p>
        <p className="note">{[fill(w.deadline, { date: tableDate(n.deadline, lang) }), r.state === 'notified' ? fill(w.daysLeft, { n: r.workdays_to_deadline }) : '', n.listing ? w.listing : ''].filter(Boolean).join(' · ')}</p>
      </div>,
    ],
    [w.statement, r.statement === null ? <span className="note">{w.noStatement}</span> : <span className="prose">{r.statement.waived ? w.waived : r.statement.text}</span>],
  ]
  if (r.reply !== '') items.push([w.reply, <span key="reply" className="prose">{r.reply}</span>])
  return (
    <Card title={w.hearing}>
      <Facts items={items} />
    </Card>
  )
}

function DecisionCard({ recovery: r, decision: one }: { recovery: Recovery; decision: NonNullable<Recovery['decision']> }) {
  const { d, lang } = useLang()
  const w = d.recovery
  const items: [string, React.ReactNode][] = [
    [w.claimed, <Money key="claimed" fen={one.amount_fen} />],
    [
      w.interest,
      one.interest.rate === '' ? (
        w.noInterest
      ) : (
        <div key="interest">
          <Money fen={one.charge_fen} />
          <p className="note">{fill(w.interestRule, { rate: percent(one.interest.rate), from: tableDate(one.interest.from, lang), to: tableDate(one.interest.to, lang), days: one.days })}</p>
          <p className="note">{fill(d.app.said, { what: w.source, words: one.interest.source })}</p>
        </div>
      ),
    ],
  ]
  if (one.exclude_until) items.push([w.excludeUntil, <Link key="exclude" to="/exclusions" className="num">{tableDate(one.exclude_until, lang)}</Link>])
  if (one.by !== '') items.push([w.by, one.by])
  if (one.confirmed_by !== '') items.push([w.second, one.confirmed_by])
  return (
    <Card title={w.decision} note={one.in_force ? fill(w.inForce, { date: tableDate(one.since, lang) }) : w.waitsSecond}>
      <p className="prose">{one.reason}</p>
      <Facts items={items} />
      {r.remission !== null && <p className="bad">{fill(w.writeOffWaits, { amount: format(r.remission.amount_fen) })}</p>}
    </Card>
  )
}
