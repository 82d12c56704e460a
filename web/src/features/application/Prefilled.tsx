import './application.css'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { Money } from '@/pattern/money/Money'
import type { StepFact } from '@/pattern/trace/Trace'
import type { Application } from './model'

/** What the facts already say, each with its source; nothing of it is typed again. */
export function PrefilledRows({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  return (
    <dl className="form-fields">
      <div className="form-row">
        <dt>{d.application.applicant}</dt>
        <dd>
          {a.org.name} <span className="mono note">{a.org.code}</span>
        </dd>
      </div>
      {a.object && (
        <div className="form-row">
          <dt>{d.evidence.object}</dt>
          <dd>{a.object}</dd>
        </div>
      )}
      {a.prefilled.map((item) => (
        <div key={item.key} className="form-row">
          <dt>{say(item.label)}</dt>
          <dd>
            {item.amount_fen !== null ? <Money fen={item.amount_fen} /> : item.holds ? d.application.holds : <span className="bad">{d.reason.no}</span>}
            <Sources facts={item.facts} />
          </dd>
        </div>
      ))}
      <div className="form-row" id="payee">
        <dt>{d.party.payees}</dt>
        <dd>
          {a.payee ? (
            <>
              {a.payee.holder} <span className="note">{a.payee.bank}</span> <span className="mono">{a.payee.number}</span>
            </>
          ) : (
            <>
              <span className="lacking">{d.application.noPayee}</span> <Link to="/people?tab=payees">{d.application.toPayee}</Link>
            </>
          )}
        </dd>
      </div>
    </dl>
  )
}

/** Where an item comes from: a few facts by name, more on demand. */
function Sources({ facts }: { facts: StepFact[] }) {
  const { d } = useLang()
  const links = (
    <ul className="sources">
      {facts.map((fact) => (
        <li key={fact.id}>
          <Link to={`/evidence/facts/${encodeURIComponent(fact.id)}`}>{fact.label}</Link>
        </li>
      ))}
    </ul>
  )
  if (facts.length <= FEW)
    return (
      <div className="note">
        {d.application.source} {links}
      </div>
    )
  return (
    <details className="note">
      <summary>{fill(d.application.sources, { n: facts.length })}</summary>
      {links}
    </details>
  )
}

const FEW = 3
