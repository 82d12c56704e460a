import './match.css'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { format } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { rangeShown, type Match } from './model'

interface Props {
  match: Match
  chosen: boolean
  onChoose: () => void
  onStart: () => void
  busy: boolean
  children?: ReactNode
}

/** One measure: what it is, how it is worked out, the amount, what to do next. */
export function MatchRow({ match, chosen, onChoose, onStart, busy, children }: Props) {
  const { say } = useLang()
  return (
    <li className={chosen ? 'match chosen' : 'match'}>
      <div className="match-line">
        <div className="match-what">
          <button type="button" className="match-name" aria-pressed={chosen} onClick={onChoose}>
            {say(match.name)}
          </button>
          {match.clause && <ClauseRef clause={match.clause} />}
          {match.object && <span className="note">{match.object}</span>}
          {match.how && <div className="note match-how">{say(match.how)}</div>}
          {match.outcome === 'lacking' &&
            match.lacking.map((lack, i) => (
              <div key={i} className="match-lack">
                {say(lack.text)}
              </div>
            ))}
          {match.outcome === 'undecided' && match.questions.length > 0 && (
            <div className="match-open">
              {match.questions.map((q) => (
                <span key={q.id}>
                  <Link to={`/policy/questions#${q.id}`} className="hold">
                    {q.id}
                  </Link>{' '}
                  {say(q.text)}
                </span>
              ))}
            </div>
          )}
        </div>
        <div className="match-sum">
          <Amount match={match} />
        </div>
        <div className="match-act">
          <Action match={match} onStart={onStart} onChoose={onChoose} busy={busy} />
        </div>
      </div>
      {children && <div className="match-why">{children}</div>}
    </li>
  )
}

function Amount({ match }: { match: Match }) {
  const { d, say } = useLang()
  if (match.outcome === 'eligible' && !match.draft)
    return match.amount_fen === null ? (
      <span className="note">{d.match.afterAllocation}</span>
    ) : (
      <span className="match-amount">
        <Money fen={match.amount_fen} />
        {match.split_note && <span className="note match-split">{say(match.split_note)}</span>}
      </span>
    )
  const trial = match.amount_fen ?? match.provisional_fen
  if (match.draft)
    return trial === null ? null : (
      <>
        <span className="faint">
          {d.match.about} <Money fen={trial} />
        </span>
        <Spread match={match} />
      </>
    )
  if (match.provisional_fen !== null)
    return (
      <>
        <span className={match.outcome === 'undecided' ? 'match-amount hold' : 'match-amount faint'}>
          {d.match.about} <Money fen={match.provisional_fen} />
        </span>
        <div className="note">{match.outcome === 'undecided' ? d.match.noPromise : d.match.onceComplete}</div>
        <Spread match={match} />
      </>
    )
  return null
}

/** What an amount with open questions can come to. */
function Spread({ match }: { match: Match }) {
  const { d } = useLang()
  const range = rangeShown(match)
  if (!range) return null
  return (
    <>
      {range.least !== range.most && <div className="note">{fill(d.match.between, { least: format(range.least), most: format(range.most) })}</div>}
      {range.apart.length > 0 && <div className="note">{fill(d.match.apart, { questions: range.apart.join(d.app.listComma) })}</div>}
    </>
  )
}

function Action({ match, onStart, onChoose, busy }: Pick<Props, 'match' | 'onStart' | 'onChoose' | 'busy'>) {
  const { d, say } = useLang()
  if (match.application)
    return (
      <Link to={`/applications/${match.application}`}>
        <Button>{d.match.openApplication}</Button>
      </Link>
    )
  if (match.outcome === 'eligible' && !match.draft)
    return (
      <>
        {match.can_apply && (
          <Button type="primary" onClick={onStart} disabled={busy}>
            {d.match.start}
          </Button>
        )}
        {!match.can_apply && match.why_not && <p className="note">{say(match.why_not)}</p>}
      </>
    )
  if (match.draft || match.outcome === 'expired' || match.outcome === 'not_payable') return null
  return <Button onClick={onChoose}>{match.outcome === 'lacking' ? d.match.whereToGet : d.match.seeWhy}</Button>
}
