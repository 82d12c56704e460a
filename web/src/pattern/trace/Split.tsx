import './trace.css'
import { Link } from 'react-router'
import { useLang, type Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import { Money } from '../money/Money'

export interface Purse {
  key: string
  name: Text
  share: string
  amount_fen: Fen
  /** Who bears the odd fen, and the ruling behind it. */
  note?: Text | undefined
  question?: string | undefined
  state?: string | undefined
}

/** Two equal cells under the Trace; the odd fen is spoken and cites its ruling. */
export function Split({ purses }: { purses: Purse[] }) {
  const { d, say } = useLang()
  return (
    <ul className="split" aria-label={d.trace.split}>
      {purses.map((purse) => (
        <li key={purse.key}>
          <div>
            <b>{say(purse.name)}</b> <span className="note">{purse.share}</span>
            <div className="note">
              {say(purse.note)}
              {purse.question && (
                <Link className="step-question" to={`/policy/questions#${purse.question}`}>
                  {d.trace.ruling} {purse.question}
                </Link>
              )}
            </div>
            {purse.state && <div className="note">{purse.state}</div>}
          </div>
          <span className="split-sum">
            <Money fen={purse.amount_fen} />
          </span>
        </li>
      ))}
    </ul>
  )
}
