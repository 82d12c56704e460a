import './shell.css'
import { Link, NavLink } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useLog } from '@/features/evidence/api'
import { RoleBox } from '@/features/session/RoleBox'
import type { Session } from '@/features/session/model'
import { useCounts } from '@/features/today/api'
import { fill, useLang } from '@/i18n'
import { bottomBar, landing, rail } from '../nav'
import { Mark } from './Mark'

/** Navigation: text only, counts at the right, the last log signature at the foot. */
export function Rail({ session }: { session: Session }) {
  const { d, say } = useLang()
  const role = session.active?.role
  const counts = useCounts(session.signedIn)
  return (
    <section className="rail no-print" aria-label={d.nav.rail}>
      <Link to={landing(role)} className="brand">
        <Mark />
        <span>
          <span className="brand-name">{d.app.name}</span>
          <span className="brand-place">{say(session.region)}</span>
        </span>
      </Link>
      <RoleBox session={session} />
      <nav aria-label={d.nav.label}>
        {rail(role).map((group, i) => (
          <ul key={i} className="rail-group">
            {group.map((item) => (
              <li key={item.to}>
                <NavLink to={item.to} className="rail-item">
                  {d.nav[item.label]}
                  {counts[item.to] ? <span className="num">{counts[item.to]?.toLocaleString('en-US')}</span> : null}
                </NavLink>
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <LogFoot />
    </section>
  )
}

function LogFoot() {
  const { d, lang } = useLang()
  const log = useLog()
  if (!log.data) return <div className="rail-foot note" />
  return (
    <Link to="/evidence" className="rail-foot note">
      {fill(d.app.log, { n: log.data.size.toLocaleString('en-US') })}
      {log.data.checkpoint_at && (
        <>
          <br />
          {fill(d.app.logSigned, { at: stampTime(log.data.checkpoint_at, lang) })}
        </>
      )}
    </Link>
  )
}

/** The rail of a phone: four items at the foot. */
export function BottomBar({ session }: { session: Session }) {
  const { d } = useLang()
  return (
    <nav className="bottom-bar no-print" aria-label={d.nav.label}>
      {bottomBar(session.active?.role).map((item) => (
        <NavLink key={item.to} to={item.to}>
          {d.navShort[item.label]}
        </NavLink>
      ))}
    </nav>
  )
}
