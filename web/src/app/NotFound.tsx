import { Button } from 'antd'
import { Link, useRouteError } from 'react-router'
import { useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { ErrorPanel } from '@/pattern/state/states'

export function NotFound() {
  const { d } = useLang()
  return <PageHead title={d.app.notFound} sentence={d.app.notFoundHint} actions={<Link to="/"><Button>{d.app.home}</Button></Link>} />
}

/** A page that failed to draw, or to load after a new release: the rest of the console stays. */
export function Broken() {
  const { d } = useLang()
  const error = useRouteError()
  console.error(error)
  return (
    <>
      <PageHead title={d.problem.internal} />
      <div className="card">
        <ErrorPanel error={error} onRetry={() => window.location.reload()} />
      </div>
    </>
  )
}
