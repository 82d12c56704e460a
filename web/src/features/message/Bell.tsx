import './message.css'
import { BellOutlined } from '@ant-design/icons'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { useUnread } from './api'

/** The way to the inbox, with how much of it is unread. */
export function Bell() {
  const { d } = useLang()
  const unread = useUnread().data?.unread ?? 0
  const shown = unread > 99 ? '99+' : String(unread)
  return (
    <Link to="/messages" className="bell" aria-label={unread > 0 ? fill(d.message.bell, { n: shown }) : d.message.title} title={d.message.title}>
      <BellOutlined aria-hidden="true" />
      {unread > 0 && (
        <span className="bell-count num" aria-hidden="true">
          {shown}
        </span>
      )}
    </Link>
  )
}
