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
  return (
    <Card
      title={d.application.how}
      note={[say(a.rule)].filter(Boolean).join(' · ')}
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
      {a.stale && <p className="stale-note lacking">{say(a.stale)}</p>}
      {a.steps.length === 0 ? <p className="card-body soft">{d.application.noTrace}</p> : <Trace steps={a.steps} stale={a.stale !== null} />}
      {a.purses.length > 0 && <Split purses={a.purses} />}
      {(a.lacking.length > 0 || a.questions.length > 0) && (
        <ul className="card-body lacks">
          {a.lacking.map((lack, i) => (
            <li key={i} className="lacking">
              {d.match.lack}
              {say(lack.text)} {lack.where && <span className="note">{say(lack.where)}</span>}
            </li>
          ))}
          {a.questions.map((q) => (
            <li key={q.id}>
              <Link to={`/policy/questions#${q.id}`} className="hold">
                {q.id}
              </Link>{' '}
              {say(q.text)} {q.who && <span className="note">{fill(d.match.whoRules, { who: say(q.who) })}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
