import { Button } from 'antd'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { rerun } from './api'
import type { Comparison } from './model'

/** Every rule again from the facts, beside what is on record: identical, or the first difference. */
export function Rerun() {
  const { d } = useLang()
  const run = useWrite(rerun)
  return (
    <Card title={d.supervision.rerun} note={d.supervision.rerunNote}>
      <Button type="primary" disabled={run.isPending} onClick={() => run.mutate(undefined)}>
        {d.supervision.rerunNow}
      </Button>
      {run.error !== null && <ErrorPanel error={run.error} unchanged="" />}
      {run.data && <Result found={run.data} />}
    </Card>
  )
}

function Result({ found }: { found: Comparison }) {
  const { d, say } = useLang()
  return (
    <div className="rerun" role="status">
      <p>
        <b className={found.identical ? 'ok' : 'bad'}>{found.identical ? d.supervision.identical : d.supervision.differs}</b>
      </p>
      {found.first_difference && (
        <p>
          {say(found.first_difference.text)} {found.first_difference.alarm && <Link to={`/alarms/${found.first_difference.alarm}`}>{d.application.look}</Link>}
        </p>
      )}
      <p className="note">{fill(d.supervision.rerunFigures, { facts: found.facts.toLocaleString('en-US'), cases: found.cases.toLocaleString('en-US'), found: found.found, recorded: found.recorded })}</p>
      <p className="note break">
        {d.supervision.digest} <span className="mono">{found.digest}</span>
      </p>
    </div>
  )
}
