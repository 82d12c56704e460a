import { Link } from 'react-router'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'

/** The pages of recovering; an organisation has no suggestions to look at. */
export function Crumbs() {
  const { d } = useLang()
  const own = isOrganisation(useSession().active?.role)
  return (
    <>
      <Link to="/recoveries">{d.recovery.title}</Link> · <Link to="/exclusions">{d.recovery.exclusions}</Link>
      {!own && (
        <>
          {' '}
          · <Link to="/recovery-proposals">{d.recovery.proposals}</Link>
        </>
      )}
    </>
  )
}
