import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Stage } from '@/stories/Stage'
import { Money } from './Money'
import { MoneyBar } from './MoneyBar'

it('always writes two decimals, separators and a true minus', () => {
  const { container } = render(<Stage><Money fen="-20000000" /></Stage>)
  expect(container.textContent).toBe('−¥200,000.00')
})

it('follows the unit in overviews only', () => {
  localStorage.setItem('qianmo.unit', 'wan')
  const { container } = render(<Stage><Money fen="468759363" /> <Money fen="468759363" overview bare /></Stage>)
  expect(container.textContent).toBe('¥4,687,593.63 468.76')
})

it('says the bar in words and never overflows it', () => {
  const { container } = render(<Stage><MoneyBar paid="150" held="100" ceiling="100" /></Stage>)
  expect(screen.getByRole('img', { name: '已付 1.50，占用 1.00，上限 1.00，单位元' })).toBeTruthy()
  expect((container.querySelector('.money-bar-paid') as HTMLElement).style.width).toBe('100%')
})
