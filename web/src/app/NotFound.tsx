import { Button } from 'antd'
import { Link, useRouteError } from 'react-router'
import { Problem } from '@/api/problem'
import type { RoleName } from '@/features/session/model'
import { fill, useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { ErrorPanel } from '@/pattern/state/states'

export function NotFound() {
  const { d } = useLang()
  return <PageHead title={d.app.notFound} sentence={d.app.notFoundHint} actions={<Link to="/"><Button>{d.app.goHome}</Button></Link>} />
}

/** A page of other roles: it says whose. */
export function NotForRole({ roles }: { roles: RoleName[] }) {
  const { d } = useLang()
  return <PageHead title={d.state.noRight} sentence={fill(d.state.noRightRoles, { roles: roles.map((r) => d.role[r]).join(d.app.listComma) })} actions={<Link to="/"><Button>{d.app.goHome}</Button></Link>} />
}

/** A page that failed to draw, or to load after a new release: the rest of the console stays. */
export function Broken() {
  const { d } = useLang()
  const error = useRouteError()
  console.error(error)
  return (
    <>
      <PageHead title={Problem.from(error).title(d)} />
      <div className="card">
        <ErrorPanel error={error} onRetry={() => window.location.reload()} />
      </div>
    </>
  )
}
