import './application.css'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { OutcomeChip } from '@/pattern/outcome/Outcome'
import { Split } from '@/pattern/trace/Split'
import { Trace } from '@/pattern/trace/Trace'
import type { Application } from './model'

/** How the amount came about, step by step, and who bears it. */
export function Calculation({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  const rule = [`${d.policy.rule} ${a.measure}`, a.version ? fill(d.policy.version, { n: a.version }) : '', a.guide ? fill(d.policy.guideYear, { year: a.guide }) : '']
  const states: Record<string, string> = d.application.halfState
  return (
    <Card
      title={d.application.how}
      note={rule.filter(Boolean).join(' · ')}
      extra={
        <>
          {a.outcome && <OutcomeChip outcome={a.outcome} />}
          <button type="button" className="link-button no-print" onClick={() => window.print()}>
            {d.application.print}
          </button>
        </>
      }
      flush
    >
      {a.stale && <p className="stale-note lacking">{d.application.stale}</p>}
      {a.hindrance && <p className="stale-note lacking">{say(a.hindrance)}</p>}
      {a.steps.length === 0 ? <p className="card-body soft">{d.application.noTrace}</p> : <Trace steps={a.steps} stale={a.stale} />}
      {a.halves.length > 0 && (
        <Split
          purses={a.halves.map((half) => ({
            key: half.level,
            name: { zh: d.money[half.level], en: d.money[half.level] },
            share: '1/2',
            amount_fen: half.amount_fen,
            note: { zh: `${half.name.zh}${half.odd_fen ? ' · 含余数 1 分' : ''}`, en: `${half.name.en}${half.odd_fen ? ' · with the odd fen' : ''}` },
            question: half.odd_fen ? 'A5' : undefined,
            state: states[half.state],
          }))}
        />
      )}
      {(a.lacking.length > 0 || a.questions.length > 0) && (
        <ul className="card-body lacks">
          {a.lacking.map((lack, i) => (
            <li key={i}>
              <span className="lacking">
                {say(lack.text)}
              </span>
              <div className="note">{say(lack.where)}</div>
            </li>
          ))}
          {a.questions.map((id) => (
            <li key={id}>
              <Link to={`/policy/questions#${id}`} className="hold">
                ◇ {id}
              </Link>{' '}
              {d.policy.notRuled}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
