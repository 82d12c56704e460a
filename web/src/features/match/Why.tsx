import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { OutcomeChip } from '@/pattern/outcome/Outcome'
import { ReasonList } from '@/pattern/outcome/ReasonList'
import { mayOpen } from '@/app/nav'
import { useSession } from '@/features/session/session'
import { useVouched } from './api'
import type { Match, Step } from './model'

/** Why the outcome is what it is: what holds and who vouched, what lacks and where to get it, what is open and who rules. */
export function Why({ match }: { match: Match }) {
  const { d, say } = useLang()
  const vouched = useVouched()
  const met = match.reasons.filter((r) => r.ok === true).length
  return (
    <div className="stack">
      <Card title={d.match.why[match.outcome]} note={say(match.name)} extra={match.reasons.length > 0 ? `${met} / ${match.reasons.length}` : undefined}>
        {match.reasons.length === 0 && match.lacking.length === 0 && match.questions.length === 0 && <OutcomeChip outcome={match.outcome} />}
        <ReasonList reasons={match.reasons.map((r) => ({ ...r, note: vouched(r.facts) }))} />
      </Card>
      {match.lacking.length > 0 && (
        <Card title={d.match.lackTitle}>
          <ul className="lacks">
            {match.lacking.map((lack, i) => (
              <li key={i}>
                {say(lack.text)}
                {lack.where && <div className="note">{say(lack.where)}</div>}
                {lack.attestor && <div className="note">{fill(d.match.whoseWord, { who: say(lack.attestor) })}</div>}
                {lack.shown > 0 && <div className="note lacking">{d.match.shownOnly}</div>}
                <NextStep step={lack.step} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {match.questions.length > 0 && (
        <Card title={d.match.openTitle} note={d.match.noPromise}>
          <ul className="lacks">
            {match.questions.map((q) => (
              <li key={q.id}>
                <Link to={`/policy/questions#${q.id}`} className="hold">
                  {q.id}
                </Link>{' '}
                {say(q.text)}
                {q.who && <div className="note">{fill(d.match.whoRules, { who: say(q.who) })}</div>}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  )
}

/** What to do about it here: a link where this role may follow it. */
function NextStep({ step }: { step: Step }) {
  const { d, say } = useLang()
  const role = useSession().active?.role
  return (
    <div className="lack-step">
      {say(step.text)} {step.link && mayOpen(role, step.link) && <Link to={step.link}>{d.match.step[step.action]}</Link>}
    </div>
  )
}
