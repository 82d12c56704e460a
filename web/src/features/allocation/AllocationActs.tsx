import '../call/call.css'
import { Button } from 'antd'
import { useWrite } from '@/api/write'
import { isOfficial } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { rerun, settle } from './api'
import { totals, type Allocation, type Sums } from './model'

/** Another person than computed it makes it stand; the money stands before the button. */
export function Settle({ allocation: a, result }: { allocation: Allocation; result: Sums }) {
  const { d } = useLang()
  const role = useSession().active?.role
  const write = useWrite(settle(a.id))
  if (a.state !== 'computed' || !isOfficial(role)) return null
  const all = totals(result.measures)
  const parts = { apps: <b>{all.applications}</b>, awarded: <b>{all.awarded}</b>, due: <Money fen={all.due} />, paid: <b><Money fen={all.paid} /></b> }
  const able = a.may_settle && result.outcome === 'decided'
  return (
    <Card title={d.allocation.settle}>
      <div className="act-form">
        {able && (
          <p>
            <Say text={d.allocation.sentence} parts={parts} />
          </p>
        )}
        <p className="note">{result.outcome !== 'decided' ? d.allocation.settleOpen : a.may_settle ? d.allocation.settleNote : d.allocation.settleOther}</p>
        {able && (
          <Button type="primary" disabled={write.isPending} onClick={() => write.mutate(a.revision)}>
            {d.allocation.settle}
          </Button>
        )}
        {write.error && <ErrorPanel error={write.error} />}
      </div>
    </Card>
  )
}

/** Runs the frozen snapshot again: identical, or the first difference. */
export function Rerun({ id }: { id: string }) {
  const { d } = useLang()
  const write = useWrite(rerun(id))
  const result = write.data
  return (
    <Card title={d.allocation.rerun}>
      <div className="act-form">
        <p className="note">{d.allocation.rerunNote}</p>
        <Button disabled={write.isPending} onClick={() => write.mutate(undefined)}>
          {d.allocation.rerun}
        </Button>
        <div role="status">
          {result?.identical && <p className="ok">{d.allocation.identical}</p>}
          {result && !result.identical && (
            <>
              <p className="bad">{d.allocation.differs}</p>
              <p className="mono break">{result.difference.path}</p>
              <Facts
                items={[
                  [d.allocation.recorded, <span key="r" className="mono">{result.difference.recorded}</span>],
                  [d.allocation.again, <span key="a" className="mono">{result.difference.rerun}</span>],
                ]}
              />
            </>
          )}
        </div>
        {write.error && <ErrorPanel error={write.error} />}
      </div>
    </Card>
  )
}
