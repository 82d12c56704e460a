import { request } from '@/api/request'
import type { Simulation, WhenShort } from './model'

export const simulate = (input: { measure: string; set: Record<string, string>; when_short: WhenShort }) => request<Simulation>('POST', '/policy/simulations', { body: input })
