import './party.css'
import { Tabs } from 'antd'
import { useSearchParams } from 'react-router'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { Audit } from './Audit'
import { Members } from './Members'
import { OrganisationPicker } from './OrganisationPicker'
import { Payees } from './Payees'

/** Who belongs where in which role, where an organisation is paid, and who did what. */
export default function PeoplePage() {
  const { d } = useLang()
  const session = useSession()
  const [params, setParams] = useSearchParams()
  const own = session.active?.org?.code
  const code = params.get('org') ?? own ?? ''
  const role = session.active?.role
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(params)
    next.set(name, value)
    setParams(next, { replace: true })
  }
  const tabs = [
    ...(code ? [{ key: 'members', label: d.party.members, children: <Members org={code} /> }] : []),
    ...(code ? [{ key: 'payees', label: d.party.payees, children: <Payees org={code} /> }] : []),
    ...(role === 'administrator' || role === 'auditor' || role === 'office' || role === 'organisation_manager' ? [{ key: 'audit', label: d.party.audit, children: <Audit /> }] : []),
  ]
  return (
    <>
      <PageHead title={d.nav.people} sentence={d.party.sentence} actions={!own && <OrganisationPicker value={code} onChange={(next) => set('org', next)} />} />
      {tabs.length > 0 && <Tabs activeKey={params.get('tab') ?? tabs[0]?.key ?? ''} onChange={(key) => set('tab', key)} items={tabs} destroyOnHidden />}
    </>
  )
}
