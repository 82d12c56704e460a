import '@/pattern/outcome/outcome.css'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { useFilter } from '@/pattern/layout/Filter'
import { Money } from '@/pattern/money/Money'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useSides, type Side } from './api'
import { standing } from './model'

/** City and district side by side, those that differ first. */
export function Halves() {
  const { d } = useLang()
  const [differs, setDiffers] = useFilter('differs')
  const list = useSides(differs !== '')
  return (
    <div id="halves">
      <Card
        title={d.payment.sides}
        note={d.payment.sidesNote}
        extra={
          <button type="button" className="link-button" onClick={() => setDiffers(differs ? '' : '1')}>
            {differs ? d.payment.allCases : d.payment.onlyDiffering}
          </button>
        }
        flush
      >
        <Paged query={list} empty={<Empty title={differs ? d.payment.noSides : d.payment.none} />}>
          {(rows) => (
            <DataTable
              caption={d.payment.sides}
              rows={rows}
              rowKey={(row) => row.case}
              columns={[
                {
                  key: 'case',
                  title: d.payment.case,
                  main: true,
                  render: (row) => (
                    <>
                      <Link to={`/applications/${row.case}`} className="row-name">
                        {row.org_name}
                      </Link>{' '}
                      <span className="note mono">{row.case_number}</span>
                    </>
                  ),
                },
                { key: 'city', title: d.payment.city, number: true, render: (row) => <HalfCell side={row.city} /> },
                { key: 'district', title: d.payment.district, number: true, render: (row) => <HalfCell side={row.district} /> },
                { key: 'differs', title: d.payment.state, render: (row) => (row.differs ? <span className="chip chip-bad">{d.payment.differs}</span> : <span className="note">{d.payment.agrees}</span>) },
              ]}
            />
          )}
        </Paged>
      </Card>
    </div>
  )
}

/** One half: how much, from whom, and how far it is. */
export function HalfCell({ side }: { side: Side }) {
  const { d, say } = useLang()
  const word = standing(side)
  const tone = word === 'paid' ? 'ok' : word === 'failed' ? 'bad' : 'lacking'
  if (word === 'none') return <span className="faint">{d.payment.sideState.none}</span>
  return (
    <div>
      <Money fen={side.issued_fen} />
      <div className="note">
        {say(side.purse.name)} · <span className={tone}>{side.paid_fen !== '0' && word !== 'paid' ? fill(d.payment.paidOf, { paid: format(side.paid_fen), issued: format(side.issued_fen) }) : d.payment.sideState[word]}</span>
      </div>
    </div>
  )
}
