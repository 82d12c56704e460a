import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { precision, type Rule } from './model'

/**
 * How each rule has fared, on one scale: confirmed solid, dismissed hatched,
 * open empty. The figures stand beside the bar, so it is its own table.
 */
export function Precision({ rules }: { rules: Rule[] }) {
  const { d, say } = useLang()
  const most = Math.max(1, ...rules.map((r) => r.confirmed + r.dismissed + r.open))
  return (
    <ul className="precision">
      {rules.map((r) => {
        const share = precision(r)
        const parts = fill(d.supervision.fared, { confirmed: r.confirmed, dismissed: r.dismissed, open: r.open })
        return (
          <li key={r.id}>
            <div className="precision-name">
              <Link to={`/alarms?rule=${r.id}`}>{say(r.name)}</Link>
              <b className="num">{share === null ? <span className="faint">{d.supervision.undecided}</span> : `${share}%`}</b>
            </div>
            <div className="precision-bar" role="img" aria-label={parts}>
              <i className="right" style={{ width: `${(r.confirmed * 100) / most}%` }} />
              <i className="wrong" style={{ width: `${(r.dismissed * 100) / most}%` }} />
              <i className="waits" style={{ width: `${(r.open * 100) / most}%` }} />
            </div>
            <div className="note">{parts}</div>
          </li>
        )
      })}
    </ul>
  )
}
