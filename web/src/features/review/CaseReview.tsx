import './review.css'
import { Link } from 'react-router'
import { Problem } from '@/api/problem'
import { useSession } from '@/features/session/session'
import { isOrganisation } from '@/features/session/model'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Loaded } from '@/pattern/state/Loaded'
import { useCaseReview, type CaseReview as Outcome } from './api'
import { Completeness } from './Completeness'
import { Departments } from './Departments'
import { StateOf } from './PanelsPage'
import { Visits } from './Visits'

/** The review of a case on its own page: the office records, an organisation sees how far it is. */
export function CaseReview({ id, facts }: { id: string; facts: string[] }) {
  const role = useSession().active?.role
  const review = useCaseReview(id)
  const office = role === 'office'
  const own = isOrganisation(role)
  if (review.isError && Problem.from(review.error).code === 'not_found') return null // never submitted: there is nothing to review
  return (
    <Loaded query={review} lines={4}>
      {(r) => (
        <>
          <Panel review={r} open={office || role === 'auditor'} />
          {(office || r.check !== null) && <Completeness id={id} review={r} office={office} />}
          {!own && (facts.length > 0 || r.facts.length > 0) && <Departments id={id} review={r} facts={facts} office={office} />}
          {!own && (office || r.visits.length > 0) && <Visits id={id} review={r} office={office} />}
        </>
      )}
    </Loaded>
  )
}

function Panel({ review: r, open }: { review: Outcome; open: boolean }) {
  const { d, say } = useLang()
  const w = d.review
  if (!r.panel && r.blocks.length === 0) return null
  return (
    <Card title={w.review}>
      {r.panel ? (
        <p>
          <StateOf state={r.panel.state} /> {r.panel.seats > 0 && fill(w.finalOf, { n: r.panel.final, m: r.panel.seats })} {open && r.panel.id && <Link to={`/panels/${r.panel.id}`}>{w.toPanel}</Link>}
        </p>
      ) : (
        <p className="note">{w.noPanel}</p>
      )}
      {r.result && (
        <>
          <p>
            {w.mean} <b className="num mean">{r.result.mean.rounded}</b> <span className="note num">= {r.result.mean.exact}</span>
          </p>
          <p className={`note ${r.result.discuss ? 'lacking' : ''}`}>{say(r.result.did)}</p>
        </>
      )}
      {r.decision && (
        <p>
          <span className={`chip ${r.decision.recommendation === 'recommend' ? 'chip-eligible' : 'chip-lacking'}`}>{w.recommendation[r.decision.recommendation]}</span> {r.decision.text}
        </p>
      )}
      {r.blocks.length > 0 && (
        <>
          <h3 className="sub">{w.blocks}</h3>
          <ul className="lacks">
            {r.blocks.map((b) => (
              <li key={b.zh} className="lacking">
                ◐ {say(b)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}
