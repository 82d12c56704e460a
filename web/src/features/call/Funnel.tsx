import './call.css'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Empty } from '@/pattern/state/states'
import { funnelOf, total, type Call } from './model'

/** Applications by state: a bar whose parts lead to the cases, and the same in words. */
export function Funnel({ call }: { call: Call }) {
  const { d } = useLang()
  const words: Record<string, string> = d.application.state
  const segments = funnelOf(call.funnel, Object.keys(words))
  const to = (state: string) => `/applications?call=${call.id}&state=${state}`
  if (segments.length === 0)
    return (
      <Card title={d.call.funnel}>
        <Empty title={d.call.funnelNone} />
      </Card>
    )
  return (
    <Card title={d.call.funnel} note={d.call.funnelNote} extra={fill(d.call.cases, { n: total(segments) })}>
      <div className="funnel" aria-hidden="true">
        {segments.map((s) => (
          <Link key={s.state} to={to(s.state)} tabIndex={-1} style={{ flexGrow: s.n }} title={`${words[s.state] ?? s.state} ${s.n}`} />
        ))}
      </div>
      <ul className="row">
        {segments.map((s) => (
          <li key={s.state}>
            <Link to={to(s.state)}>
              {words[s.state] ?? s.state} <b className="num">{s.n}</b>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
