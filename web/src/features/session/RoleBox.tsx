import './session.css'
import { DownOutlined } from '@ant-design/icons'
import { Dropdown } from 'antd'
import { useNavigate } from 'react-router'
import { bottomBar, landing, rail } from '@/app/nav'
import { useLang } from '@/i18n'
import { signOut, switchRole } from './api'
import type { Membership, Session } from './model'

/** Who acts, in which role; a person with several roles switches here and the page reloads in that role. */
export function RoleBox({ session, compact = false }: { session: Session; compact?: boolean }) {
  const { d } = useLang()
  const navigate = useNavigate()
  if (!session.signedIn) return null
  const title = (m: Membership | null) => [m?.org?.name, m ? d.role[m.role] : ''].filter(Boolean).join(' · ')

  async function become(m: Membership) {
    await switchRole(m.id)
    // A whole reload: nothing that the other role read stays in memory.
    window.location.assign(landing(m.role))
  }
  async function leave() {
    await signOut()
    sessionStorage.clear()
    window.location.assign('/sign-in')
  }
  const others = session.roles.filter((m) => m.id !== session.active?.id)
  // The foot of a phone has room for four pages; the others of the rail stand here.
  const pages = compact ? rail(session.active?.role).flat().slice(bottomBar(session.active?.role).length) : []
  const items = [
    ...pages.map((page) => ({ key: page.to, label: d.nav[page.label], onClick: () => void navigate(page.to) })),
    ...(pages.length > 0 ? [{ type: 'divider' as const, key: 'pages' }] : []),
    ...others.map((m) => ({ key: m.id, label: title(m), onClick: () => void become(m) })),
    ...(others.length > 0 ? [{ type: 'divider' as const }] : []),
    { key: 'account', label: d.session.account, onClick: () => void navigate('/account') },
    { key: 'leave', label: d.session.signOut, onClick: () => void leave() },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <button type="button" className={compact ? 'role-compact' : 'role-box'} aria-label={`${title(session.active)} ${session.person?.name ?? ''} ${d.session.switchRole}${compact ? `${d.app.listComma}${d.app.pages}` : ''}`}>
        {compact ? (
          <>
            {(session.person?.name ?? '').slice(0, 4)} <DownOutlined />
          </>
        ) : (
          <>
            <b>{session.active?.org?.name ?? title(session.active)}</b>
            <span className="note">
              {session.active?.org ? `${d.role[session.active.role]} ` : ''}
              {session.person?.name} {others.length > 0 ? d.session.switchRole : ''} <DownOutlined />
            </span>
          </>
        )}
      </button>
    </Dropdown>
  )
}
