import './payment.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { purseKey, useOrders, useOverview, type Order } from './api'
import { OrderChip } from './Chips'

/** Every payment order; the filters live in the address. */
export default function OrdersPage() {
  const { d } = useLang()
  const [state] = useFilter('state')
  const [purse] = useFilter('purse')
  const [q] = useFilter('q')
  const list = useOrders({ state, purse, q })
  return (
    <>
      <PageHead title={d.payment.orders} crumbs={<Link to="/payment">{d.payment.title}</Link>} sentence={list.data && <Say text={d.payment.ordersSentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <Card title={d.payment.orders} extra={<Filters />} flush>
        <Paged query={list} empty={<Empty title={d.payment.noOrders} next={<Link to="/payment/orders">{d.app.clearFilters}</Link>} />}>
          {(rows) => <OrderTable orders={rows} />}
        </Paged>
      </Card>
    </>
  )
}

function Filters() {
  const { d, say } = useLang()
  const [state, setState] = useFilter('state')
  const [purse, setPurse] = useFilter('purse')
  const purses = useOverview().data?.purses ?? []
  return (
    <>
      <SearchFilter name="q" label={d.payment.search} />
      <Select size="small" className="filter-measure" aria-label={d.payment.purse} value={purse} onChange={setPurse} options={[{ value: '', label: d.payment.anyPurse }, ...purses.map((p) => ({ value: purseKey(p.purse), label: say(p.purse.name) }))]} />
      <Select size="small" className="filter-state" aria-label={d.payment.state} value={state} onChange={setState} options={[{ value: '', label: d.payment.anyState }, ...Object.entries(d.payment.orderState).map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

/** Orders in rows; on a case's page the case itself is left out. */
export function OrderTable({ orders, ofCase = false }: { orders: Order[]; ofCase?: boolean }) {
  const { d, lang, say } = useLang()
  const own = isOrganisation(useSession().active?.role) // an order's own page is for offices
  return (
    <DataTable
      caption={d.payment.orders}
      rows={orders}
      rowKey={(o) => o.id}
      compact={ofCase}
      columns={[
        {
          key: 'number',
          title: d.payment.order,
          main: true,
          render: (o) => (
            <>
              {own ? (
                <span className="mono">{o.number}</span>
              ) : (
                <Link to={`/payment/orders/${o.id}`} className="mono">
                  {o.number}
                </Link>
              )}{' '}
              {o.of > 1 && <span className="note">{fill(d.payment.instalment, { n: o.instalment, of: o.of })}</span>}
              {!ofCase && <div className="note">{o.org_name}</div>}
            </>
          ),
        },
        { key: 'purse', title: d.payment.purse, render: (o) => say(o.purse.name) },
        ...(ofCase ? [] : [{ key: 'case', title: d.payment.case, render: (o: Order) => <Link className="mono" to={`/applications/${o.case}`}>{o.case_number}</Link> }]),
        { key: 'amount', title: d.payment.amount, number: true, render: (o) => <Money fen={o.amount_fen} /> },
        { key: 'state', title: d.payment.state, render: (o) => <div><OrderChip state={o.state} />{o.why && <div className="note">{o.why}</div>}</div> },
        { key: 'day', title: d.payment.settledOn, render: (o) => <span className="num">{tableDate(o.settled_on, lang)}</span> },
      ]}
    />
  )
}
