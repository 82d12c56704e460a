import { Input } from 'antd'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { useExpiry } from './api'

/** What expires by a day, as it stands now: nothing follows from looking. */
export function Expiry({ from }: { from: string }) {
  const { d, lang } = useLang()
  const w = d.voucher
  const [by, setBy] = useState(from)
  const id = useId()
  return (
    <Card title={w.expiry}>
      <div className="stack">
        <div className="field">
          <label htmlFor={id}>{w.expiryBy}</label>
          <Input id={id} type="date" value={by} onChange={(event) => setBy(event.target.value)} />
        </div>
        <Loaded query={useExpiry(by)} lines={2}>
          {(e) =>
            e.items.length === 0 ? (
              <p className="note">{w.expiryNone}</p>
            ) : (
              <>
                <p>
                  <Say text={w.expirySentence} parts={{ n: <b>{e.items.length}</b>, free: <Money fen={e.free_fen} bare />, held: <Money fen={e.held_fen} bare /> }} />
                </p>
                <ul className="lacks">
                  {e.items.slice(0, 20).map((v) => (
                    <li key={v.id}>
                      <Link to={`/vouchers/${v.id}`} className="num">
                        {v.number}
                      </Link>{' '}
                      {v.org_name} <span className="note num">{tableDate(v.until, lang)}</span> <Money fen={v.free_fen} />
                    </li>
                  ))}
                </ul>
              </>
            )
          }
        </Loaded>
      </div>
    </Card>
  )
}
