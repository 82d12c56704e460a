import './outcome.css'
import { useLang, type Text } from '@/i18n'
import { Basis, type BasisKind } from './Basis'
import { ClauseRef, type Clause } from './ClauseRef'

export interface Reason {
  id: string
  kind: BasisKind
  /** True holds, false fails, null cannot be told yet. */
  ok: boolean | null
  text: Text
  /** Who vouched, and when; or where to get what lacks. */
  note?: string | undefined
  clause?: Clause | undefined
}

/** Why an outcome is what it is: each reason with who vouched for it, when, and its clause. */
export function ReasonList({ reasons }: { reasons: Reason[] }) {
  const { d, say } = useLang()
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={reason.id} className={reason.ok === false ? 'reason-no' : reason.ok === null ? 'reason-open' : ''}>
          <Basis kind={reason.kind} />
          <div className="reason-text">
            {reason.ok !== true && <span className="reason-word">{reason.ok === false ? d.reason.no : d.reason.open}</span>}
            {say(reason.text)}
            {reason.note && <div className="note">{reason.note}</div>}
          </div>
          {reason.clause && <ClauseRef clause={reason.clause} />}
        </li>
      ))}
    </ul>
  )
}
