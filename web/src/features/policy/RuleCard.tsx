import './policy.css'
import { useState } from 'react'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { percent } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { useMeasure } from './api'
import { pointing, type Pointing } from './Marked'
import type { Measure, Parameter, WorkedCase } from './model'
import { StandingChip } from './StatusChip'
import { TryNumber } from './TryNumber'

/** The rule that a clause became: plain reading, its parts, the formula, a number to try, worked cases. */
export function RuleCard({ id, others, pointer, onOther }: { id: string; others: string[]; pointer: Pointing; onOther: (id: string) => void }) {
  const { d } = useLang()
  const measure = useMeasure(id)
  return (
    <section className="rule" aria-labelledby={`rule-${id}`}>
      {others.length > 1 && (
        <p className="rule-others note">
          {others.map((other) => (
            <button key={other} type="button" className="link-button mono" aria-pressed={other === id} onClick={() => onOther(other)}>
              {other}
            </button>
          ))}
        </p>
      )}
      <Loaded query={measure} lines={6}>
        {(m) => (
          <>
            <div className="rule-head">
              <h2 id={`rule-${id}`}>{`${d.policy.rule} ${m.id}`}</h2>
              <span className="note">{[fill(d.policy.version, { n: m.version }), m.guide ? fill(d.policy.guideYear, { year: m.guide }) : ''].filter(Boolean).join(' · ')}</span>
              <StandingChip standing={m.standing} />
            </div>
            <RuleBody measure={m} pointer={pointer} />
          </>
        )}
      </Loaded>
    </section>
  )
}

function RuleBody({ measure: m, pointer }: { measure: Measure; pointer: Pointing }) {
  const { d, say } = useLang()
  return (
    <div className="rule-body">
      <p className="note">{d.policy.reading}</p>
      <p>{say(m.reading)}</p>
      <dl className="rule-parts">
        {m.parts.map((part, i) => (
          <div key={part.key}>
            <dt className={say(m.parts[i - 1]?.label) === say(part.label) ? 'visually-hidden' : ''}>{say(part.label)}</dt>
            <dd>
              {say(part.text)}
              {part.question && (
                <Link to={`/policy/questions#${part.question}`} className="hold rule-question">
                  ◇ {part.question}
                </Link>
              )}
              {part.note && <div className="note">{say(part.note)}</div>}
            </dd>
          </div>
        ))}
      </dl>
      {m.formula && <p className="formula">{say(m.formula)}</p>}
      {m.parameters.length > 0 && <Figures parameters={m.parameters} pointer={pointer} />}
      {m.inputs.length > 0 && <TryNumber measure={m} />}
      {m.questions.length > 0 && (
        <>
          <h3 className="rule-sub">{d.policy.questionsOf}</h3>
          <ul className="rule-questions">
            {m.questions.map((q) => (
              <li key={q.id}>
                <Link to={`/policy/questions#${q.id}`} className="hold">
                  {q.id}
                </Link>{' '}
                {say(q.title)} <span className="note">{q.ruled ? d.policy.ruled : d.policy.notRuled}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {m.usage && <Usage usage={m.usage} measure={m.id} />}
      {m.cases.length > 0 && <Cases cases={m.cases} />}
      {m.cited_by.length > 0 && <CitedBy rules={m.cited_by} />}
    </div>
  )
}

/** The figures of the rule; the number is the one that its phrase bears in the text, and leads there once the text is imported. */
function Figures({ parameters, pointer }: { parameters: Parameter[]; pointer: Pointing }) {
  const { say } = useLang()
  return (
    <ul className="rule-figures">
      {parameters.map((p) => (
        <li key={p.path} id={`figure-${p.mark}`} {...pointing(pointer, p.mark)}>
          <span>
            {p.phrase ? <a href={`#phrase-${p.mark}`}>{say(p.label)}</a> : say(p.label)}
            {p.mark ? <sup>{p.mark}</sup> : null}
          </span>
          <b className="num">{p.kind === 'money' ? <Money fen={p.value} bare /> : p.kind === 'rate' ? percent(p.value) : p.value}</b>
        </li>
      ))}
    </ul>
  )
}

/** What became of the rule this year; only officers are told. */
function Usage({ usage: u, measure }: { usage: NonNullable<Measure['usage']>; measure: string }) {
  const { d } = useLang()
  return (
    <p className="rule-usage">
      <Link to={`/applications?measure=${measure}`}>{fill(d.policy.usage.applied, { n: u.applied })}</Link>
      <span>{fill(d.policy.usage.paid, { n: u.paid })}</span>
      <span>{fill(d.policy.usage.held, { n: u.held })}</span>
      <span className="rule-usage-fit">{fill(d.policy.usage.eligible, { n: u.eligible_orgs.toLocaleString('en-US') })}</span>
    </p>
  )
}

/** Rules of other clauses that lean on this one. */
function CitedBy({ rules }: { rules: Measure['cited_by'] }) {
  const { d, say } = useLang()
  return (
    <>
      <h3 className="rule-sub">{d.policy.citedBy}</h3>
      <ul className="rule-cited">
        {rules.map((r) => (
          <li key={r.measure + r.how}>
            <ClauseRef clause={r.clause} />
            <span>{say(r.name)}</span>
            <StandingChip standing={r.standing} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Cases({ cases }: { cases: WorkedCase[] }) {
  const { d, say } = useLang()
  const failed = cases.filter((c) => !c.passed).length
  const [all, setAll] = useState(false)
  return (
    <>
      <h3 className="rule-sub">{failed === 0 ? fill(d.policy.casesPass, { n: cases.length }) : fill(d.policy.casesFail, { n: cases.length, failed })}</h3>
      <ul className="cases">
        {(all ? cases : cases.slice(0, FIRST)).map((c) => (
          <li key={c.key} className={c.passed ? '' : 'bad'}>
            <span>{say(c.name)}</span>
            <span className="num faint">{c.given}</span>
            <span className="num right">{c.amount_fen !== null ? <Money fen={c.amount_fen} bare /> : d.outcome[c.outcome]}</span>
          </li>
        ))}
      </ul>
      {!all && cases.length > FIRST && (
        <button type="button" className="link-button note" onClick={() => setAll(true)}>
          {fill(d.policy.moreCases, { n: cases.length - FIRST })}
        </button>
      )}
    </>
  )
}

const FIRST = 5
