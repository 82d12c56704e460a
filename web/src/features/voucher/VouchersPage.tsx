import './voucher.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useProgrammes, useVouchers } from './api'
import { Bar } from './Bar'
import { Claim } from './Claim'
import { Expiry } from './Expiry'
import { byOpenness, type Row } from './model'
import { Pool } from './Pool'
import { StateChip } from './StateChip'

/** Vouchers: for an organisation what it can claim and what it has, for an office the pools and every voucher. */
export default function VouchersPage() {
  const { d } = useLang()
  const w = d.voucher
  const session = useSession()
  const own = isOrganisation(session.active?.role)
  const [state] = useFilter('state')
  const [q] = useFilter('q')
  const list = useVouchers(state, q)
  const filtered = state !== '' || q !== ''
  const next = filtered ? <Link to="/vouchers">{d.app.clearFilters}</Link> : own && w.noneMineHint
  return (
    <>
      <PageHead title={w.title} sentence={list.data && <Say text={w.sentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <div className="columns">
        <Card title={own ? w.mine : w.list} extra={<Filters own={own} />} flush>
          <Paged query={list} empty={<Empty title={own && !filtered ? w.noneMine : w.none} next={next} />}>
            {(rows) => <Rows rows={rows} own={own} />}
          </Paged>
        </Card>
        <div className="stack">
          <Loaded query={useProgrammes()} lines={6}>
            {(programmes) => (programmes.length === 0 ? <Empty title={w.noProgrammes} /> : byOpenness(programmes).map((p) => (own ? <Claim key={p.measure} programme={p} /> : <Pool key={p.measure} programme={p} />)))}
          </Loaded>
          {!own && <Expiry from={monthOn(session.businessDate)} />}
        </div>
      </div>
    </>
  )
}

/** Thirty days on, where the preview begins. */
function monthOn(today: string): string {
  const day = new Date(`${today}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + 30)
  return Number.isNaN(day.getTime()) ? today : day.toISOString().slice(0, 10)
}

function Filters({ own }: { own: boolean }) {
  const { d } = useLang()
  const w = d.voucher
  const [state, setState] = useFilter('state')
  return (
    <>
      {!own && <SearchFilter name="q" label={w.search} />}
      <Select size="small" className="filter-state" aria-label={w.filterState} value={state} onChange={setState} options={[{ value: '', label: w.anyState }, ...Object.entries(w.state).map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

function Rows({ rows, own }: { rows: Row[]; own: boolean }) {
  const { d, lang, say } = useLang()
  const w = d.voucher
  const columns: Column<Row>[] = [
    {
      key: 'voucher',
      title: w.voucher,
      main: true,
      render: (v) => (
        <>
          <Link to={`/vouchers/${v.id}`} className="row-name num">
            {v.number}
          </Link>{' '}
          {!own && v.org_name}
          <div className="note">
            {say(v.name)} · <Money fen={isZero(v.face_fen) ? v.asked_fen : v.face_fen} />
          </div>
        </>
      ),
    },
    { key: 'state', title: w.filterState, render: (v) => <StateChip voucher={v} /> },
    {
      key: 'balance',
      title: w.balance,
      number: true,
      render: (v) =>
        isZero(v.face_fen) ? (
          <span className="faint">—</span>
        ) : (
          <>
            <Money fen={v.free_fen} bare />
            <Bar voucher={v} />
          </>
        ),
    },
    { key: 'until', title: w.until, render: (v) => (v.until ? <span className="num">{tableDate(v.until, lang)}</span> : <span className="faint">—</span>) },
  ]
  return <DataTable caption={w.list} rows={rows} rowKey={(v) => v.id} columns={columns} />
}
