import './application.css'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useRef, useState } from 'react'
import { Link } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { sentenceDate, stampTime } from '@/calendar/date'
import { CaseReview } from '@/features/review/CaseReview'
import { CasePayment } from '@/features/payment/CasePayment'
import { isOrganisation, type RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { AlarmChip } from '@/features/supervision/AlarmChip'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import type { Recomputed } from '@/pattern/proof/ProofBadge'
import { ErrorPanel } from '@/pattern/state/states'
import { Timeline } from '@/pattern/time/Timeline'
import { confirm, recall, recompute, useForm, withdraw } from './api'
import { Attachments } from './Attachments'
import { Calculation } from './Calculation'
import { DecisionButtons, useDecision } from './DecisionButtons'
import { Conflicts, StatedCard } from './Known'
import { LaneCard } from './Lane'
import { Letters } from './Letters'
import { faceOf, factsOf, may, type Application, type Excepted } from './model'
import { Proofs, useFactsById } from './Proofs'
import { StateChip } from './StateChip'

/** The case after submission: the same page for the applicant and for whoever decides. */
export function CaseView({ application }: { application: Application }) {
  const { d, say } = useLang()
  const own = isOrganisation(useSession().active?.role)
  const form = useForm(application.id)
  const opinionRef = useRef<HTMLDivElement>(null)
  const [proof, setProof] = useState<Recomputed>('not_yet')
  const known = useFactsById(factsOf(application.steps))
  const a = withSeals(application, known)
  const decision = useDecision(a, () => opinionRef.current?.querySelector('textarea')?.focus())
  const again = useWrite((_: undefined, key) => recompute(a.id)(a.revision, key))
  const leave = useWrite((_: undefined, key) => withdraw(a.id)(a.revision, key))
  const back = useWrite((_: undefined, key) => recall(a.id)(a.revision, key))
  const take = useWrite((_: undefined, key) => confirm(a.id)(a.revision, key))
  const error = decision.error ?? again.error ?? leave.error ?? back.error ?? take.error
  const conflict = error !== null && Problem.from(error).code === 'conflict'
  const client = useQueryClient()
  async function refresh() {
    await client.invalidateQueries({ queryKey: ['application', a.id] })
    decision.forget()
  }
  return (
    <>
      <PageHead
        title={a.org.name}
        aside={<span className="mono">{a.org.code}</span>}
        crumbs={
          <>
            <Link to="/applications">{own ? d.nav.myApplications : d.nav.applications}</Link> › {say(a.name)} › <span className="mono">{a.number}</span>
          </>
        }
        sentence={
          <>
            <StateChip state={a.state} /> {a.lane === 'green' && <span className="chip chip-eligible">{d.lane.green}</span>} {a.excepted && <span className="chip chip-lacking">{d.exception.chip}</span>} {a.late && <span className="chip chip-lacking">{d.application.late}</span>}{' '}
            <Say text={a.amount_fen === null ? d.application.caseSentenceOpen : a.state === 'paid' ? d.application.caseSentencePaid : d.application.caseSentence} parts={{ object: [a.object, say(a.name)].filter(Boolean).join(' · '), amount: a.amount_fen !== null && <b><Money fen={a.amount_fen} /></b> }} />
          </>
        }
        actions={
          <>
            {may(a, 'withdraw') && (
              <Button disabled={leave.isPending} onClick={() => leave.mutate(undefined)}>
                {a.state === 'offered' ? d.application.decline : d.application.withdraw}
              </Button>
            )}
            {may(a, 'recall') && (
              <Button disabled={back.isPending} onClick={() => back.mutate(undefined)}>
                {d.application.recall}
              </Button>
            )}
            {may(a, 'confirm') && (
              <Button type="primary" disabled={take.isPending} onClick={() => take.mutate(undefined)}>
                {d.application.confirm}
              </Button>
            )}
            {a.stale && may(a, 'recompute') && (
              <Button disabled={again.isPending} onClick={() => again.mutate(undefined)}>
                {d.application.recompute}
              </Button>
            )}
            <DecisionButtons decision={decision} blocked={proof === 'differs' || a.stale} />
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          {error !== null && <div className="card"><ErrorPanel error={error} unchanged={conflict ? '' : d.application.textKept} {...(conflict ? { onRetry: () => void refresh(), retry: d.application.refresh } : {})} /></div>}
          {a.excepted && <ExceptedNote excepted={a.excepted} />}
          <Calculation application={a} />
          {form.data && (
            <>
              <StatedCard form={form.data} />
              <Conflicts conflicts={form.data.conflicts} />
            </>
          )}
          {['held', 'paying', 'paid'].includes(a.state) && <CasePayment id={a.id} />}
          {(decision.offered.length > 0 || decision.opinion) && (
            <div ref={opinionRef}>
              <Card title={d.application.opinion} note={<Summary application={a} />}>
                <Input.TextArea aria-label={d.application.opinion} autoSize={{ minRows: 2, maxRows: 8 }} maxLength={4000} placeholder={d.application.opinionHint} value={decision.opinion} status={decision.wantsOpinion ? 'error' : ''} onChange={(event) => decision.setOpinion(event.target.value)} />
                {decision.wantsOpinion && (
                  <p className="note bad" role="alert">
                    {d.application.opinionNeeded}
                  </p>
                )}
              </Card>
            </div>
          )}
          {a.statement && (
            <Card title={d.application.statement}>
              <p className="prose statement">{a.statement}</p>
            </Card>
          )}
          <Opinions application={a} />
          <Attachments application={a} />
          <CaseReview id={a.id} facts={[...new Set([...factsOf(a.steps), ...(form.data?.stated ?? []).map((s) => s.fact.id)])]} />
        </div>
        <div className="stack">
          <Proofs facts={[...known.values()]} digest={a.digest} onResult={setProof} />
          <LaneCard application={a} />
          <Letters application={a} />
          <Progress application={a} />
          {a.payee && (
            <Card title={d.application.paidTo}>
              <p>{a.payee.holder}</p>
              <p className="note">
                {a.payee.bank} <span className="mono">{a.payee.number}</span>
              </p>
            </Card>
          )}
          {a.overlaps.length > 0 && (
            <Card title={d.application.sameMatter}>
              <ul className="lacks">
                {a.overlaps.map((overlap) => (
                  <li key={overlap.application}>
                    <strong className={overlap.effect === 'blocks' ? 'hold' : undefined}>{d.application.overlap[overlap.effect]}</strong> {say(overlap.text)}{' '}
                    <Link to={`/applications/${overlap.application}`}>{d.application.look}</Link>
                  </li>
                ))}
              </ul>
            </Card>
          )}
          {a.alarms.length > 0 && (
            <Card title={d.application.alarms}>
              <ul className="lacks">
                {a.alarms.map((alarm) => (
                  <li key={alarm.id}>
                    <AlarmChip state={alarm.state} blocks={alarm.blocks} /> {say(alarm.text)} <Link to={`/alarms/${alarm.id}`}>{d.application.look}</Link>
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

/** Says that the amount is off the formula, and who approved it. */
function ExceptedNote({ excepted: x }: { excepted: Excepted }) {
  const { d } = useLang()
  const w = d.exception
  const own = isOrganisation(useSession().active?.role)
  const names = x.approvers.map((o) => `${o.name}（${w.seat[o.seat]}）`).join(d.app.listComma)
  return (
    <Card title={w.onCase}>
      <p className="prose">{x.reason}</p>
      <p className="note">
        {own ? <span className="mono">{x.number}</span> : <Link to={`/exceptions/${x.id}`} className="mono">{x.number}</Link>} · {w.amount} <Money fen={x.amount_fen} /> · {fill(w.onCaseNote, { names })}
      </p>
    </Card>
  )
}


/** The same mark on each step that rests on one fact. */
function withSeals(a: Application, known: ReturnType<typeof useFactsById>): Application {
  return { ...a, steps: a.steps.map((step) => ({ ...step, facts: step.facts.map((fact) => ({ ...fact, seal: known.get(fact.id)?.seal })) })) }
}

/** One line of money and party before an irreversible button. */
function Summary({ application: a }: { application: Application }) {
  const { d } = useLang()
  if (a.amount_fen === null) return null
  return (
    <>
      {a.org.name} <Money fen={a.amount_fen} />
      {a.halves.map((half) => (
        <span key={half.level}>
          {' '}
          · {d.money[half.level]} <Money fen={half.amount_fen} />
        </span>
      ))}{' '}
      · {d.application.irreversible}
    </>
  )
}

function Progress({ application: a }: { application: Application }) {
  const { d, lang } = useLang()
  const face = faceOf(a.promise)
  const events: Record<string, string> = d.application.event
  const turns: Record<string, string> = d.application.waitsFor
  const roleName = (role: string) => d.role[role as RoleName] ?? ''
  return (
    <Card title={d.application.progress} note={a.promise ? fill(d.application.promise, { used: a.promise.used, total: a.promise.total }) : d.application.progressNote}>
      <Timeline
        moments={a.timeline.map((step) => ({
          key: step.key,
          when: step.when,
          title: events[step.action] ?? step.action,
          waitsFor: step.when === 'now' ? turns[step.role] : undefined,
          ...(step.when === 'now' && face ? { clock: face } : {}),
          note: step.when === 'past' ? [step.at ? sentenceDate(step.at, lang) : '', step.by, roleName(step.role)].filter(Boolean).join(' ') : step.action === 'countersign' ? d.application.anotherPerson : undefined,
        }))}
      />
      {a.stays.length > 1 && (
        <p className="note stays">
          {d.application.stays}
          {a.stays.map((s) => ` · ${d.application.stay[s.who]} ${fill(d.application.workdays, { n: s.workdays })}`).join('')}
        </p>
      )}
    </Card>
  )
}

function Opinions({ application: a }: { application: Application }) {
  const { d, lang, say } = useLang()
  const events: Record<string, string> = d.application.event
  if (a.opinions.length === 0) return null
  return (
    <Card title={d.application.opinions}>
      <ul className="lacks">
        {a.opinions.map((o) => (
          <li key={o.at + o.action}>
            <b>{events[o.action] ?? o.action}</b> <span className="note">{[o.name, stampTime(o.at, lang)].filter(Boolean).join(' · ')}</span>
            <p className="prose">{say(o.note)}</p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
