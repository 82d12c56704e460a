import './party.css'
import { Tabs } from 'antd'
import { useSearchParams } from 'react-router'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { Audit } from './Audit'
import { Invitations } from './Invitations'
import { Members } from './Members'
import { Organisations } from './Organisations'
import { Payees } from './Payees'
import { People } from './People'

type Tab = 'members' | 'payees' | 'organisations' | 'invitations' | 'people' | 'audit'

/** What each role may open here; the server's access table has the last word. */
const TABS: Partial<Record<RoleName, Tab[]>> = {
  office: ['organisations', 'invitations'],
  finance: ['organisations'],
  auditor: ['organisations', 'people', 'audit'],
  admin: ['people', 'organisations', 'audit'],
  org_manager: ['members', 'payees'],
  org_member: ['members', 'payees'],
  operator: ['members', 'payees'],
  data_provider: ['members', 'payees'],
}

/** Who belongs where in which role, where an organisation is paid, and who did what. */
export default function PeoplePage() {
  const { d } = useLang()
  const { active } = useSession()
  const [params, setParams] = useSearchParams()
  const org = active?.org?.code ?? ''
  const pages: Record<Tab, React.ReactNode> = {
    members: <Members org={org} />,
    payees: <Payees org={org} />,
    organisations: <Organisations />,
    invitations: <Invitations />,
    people: <People />,
    audit: <Audit />,
  }
  const tabs = (active && TABS[active.role]) ?? []
  const chosen = tabs.find((tab) => tab === params.get('tab')) ?? (params.has('org') ? 'organisations' : tabs[0])
  return (
    <>
      <PageHead title={d.nav.people} sentence={d.party.sentence} />
      {chosen && <Tabs activeKey={chosen} onChange={(tab) => setParams({ tab }, { replace: true })} items={tabs.map((tab) => ({ key: tab, label: d.party[tab], children: pages[tab] }))} destroyOnHidden />}
    </>
  )
}
