import { Link } from 'react-router'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { format, isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { useFilter } from '@/pattern/layout/Filter'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useUnused } from './api'

/** What each programme has free: taken back in its year, or carried over by an order of the next. */
export function UnusedCard({ writes }: { writes: boolean }) {
  const { d, say } = useLang()
  const w = d.budget
  const now = Number(useSession().businessDate.slice(0, 4))
  const [chosen] = useFilter('year')
  const year = Number(chosen) || now
  const unused = useUnused(year)
  const left = unused.data && !isZero(unused.data.takeable_fen)
  return (
    <Card
      title={w.unused}
      note={left && fill(w.unusedHint, { year, sum: format(unused.data.takeable_fen) })}
      extra={
        writes &&
        left && (
          <>
            <Link to={`/budgets/new?unused=${year}`}>{w.lapse}</Link>
            <Link to={`/budgets/new?carry=${year}`}>{w.carry}</Link>
          </>
        )
      }
      flush
    >
      <Loaded query={unused} lines={3}>
        {(u) =>
          u.items.length === 0 ? (
            <Empty title={fill(w.noUnused, { year })} />
          ) : (
            <DataTable
              caption={w.unused}
              rows={u.items}
              rowKey={(r) => `${r.purse}/${r.measure}`}
              compact
              columns={[
                { key: 'measure', title: w.measure, main: true, width: '40%', render: (r) => <Link to={`/budgets?year=${year}&purse=${r.purse}&measure=${r.measure}`}>{say(r.measure_name)}</Link> },
                { key: 'purse', title: w.purse, render: (r) => say(r.purse_name) },
                { key: 'granted', title: d.ledger.granted, number: true, render: (r) => <Money fen={r.granted_fen} bare /> },
                { key: 'free', title: d.money.free, number: true, render: (r) => <Money fen={r.takeable_fen} bare /> },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}
