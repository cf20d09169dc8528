// @grove/client: voice rooms between browsers. This file is the whole public face; README.md tells how to build with it.
//
//   link = newRoomLink()                     a room that only those who get the link can find
//   microphone = await openMicrophone()      may be open long before joining: microphone.level feeds a meter
//   room = await joinRoom(link, { name, microphone })        in a user gesture, such as a click
//   room.addEventListener('change', …)       anything in room.me, room.peers, room.rendezvous, room.sound
//   await room.say('Hello')                  to everybody here and those who come later; room.messages, event 'message'
//   peer.block(), peer.unblock()             for yourself alone, by who they are; room.blockedPeople: those who are not here too
//   picture = await room.trees()             who carries whose voice, with the delay and loss of every link
//   await room.leave()
//
// Levels are in dBFS (0 full scale, −100 silence), volumes in dB, times in milliseconds. Whatever is thrown or rejected
// is a GroveError with a stable `code`.
export type { Block, BlockedPerson } from './block_store.ts';
export { checkBrowser } from './browser_check.ts';
export type { Said } from './chat.ts';
export { GroveError, type GroveErrorCode } from './errors.ts';
export { joinRoom, type JoinOptions } from './join.ts';
export { newRoomLink, parseRoomLink, type ParsedRoomLink } from './link.ts';
export { kMessageLengthMax, messageLength } from './message_body.ts';
export type { Message } from './message_log.ts';
export { Peer, type PeerLinkState } from './peer.ts';
export { Room, type Me, type Rendezvous, type RendezvousState } from './room.ts';
export type { PeerRole, PictureLink, PicturePerson, PictureSeat, PictureTree, RoomPicture } from './room_picture.ts';
export type { NodeStats, PeerStats, RoomStats, SoundStats } from './stats.ts';
export { Microphone, openMicrophone, type MicrophoneOptions, type VoiceInput } from './sound/microphone.ts';
export { type SoundState } from './sound/output.ts';
